use crate::phi::redact_text;

#[test]
fn columns_of_clinics_and_keys_for_several_are_read() {
    for (text, expected) in [
        (
            r#"{"mrn_list":"28991442,28991443","npiList":["1234567893"],"mrnBatch":"nightly"}"#,
            r#"{"mrn_list":"[mrn]","npiList":["[npi]"],"mrnBatch":"nightly"}"#,
        ),
        (
            r#"{"patientList":[{"name":"Featherstone"}],"taskList":[{"name":"sync"}]}"#,
            r#"{"patientList":[{"name":"[name]"}],"taskList":[{"name":"sync"}]}"#,
        ),
        (
            r#"{"HOSP_ADMSN_TIME":"2024-06-03T15:09:00Z","NAME_LAST_KEY":"Ng","PROV_NAME":"NG, ANA"}"#,
            r#"{"HOSP_ADMSN_TIME":"[date]","NAME_LAST_KEY":"[name]","PROV_NAME":"[name]"}"#,
        ),
        (
            r#"{"x00100010":"NG^ANA","pharmacistName":"Ana Ng","decedentName":"Bo Li","age_yrs":102}"#,
            r#"{"x00100010":"[name]","pharmacistName":"[name]","decedentName":"[name]","age_yrs":"[age]"}"#,
        ),
        (
            r#"{"fieldName":"last_name","fieldValue":"Quillinan","key":"AKIAVUILIDGPLEEJGNUZ"}"#,
            r#"{"fieldName":"last_name","fieldValue":"[name]","key":"[secret]"}"#,
        ),
        (
            r#"{"age":"９５","patientAge":" 95 "}"#,
            r#"{"age":"[age]","patientAge":"[age]"}"#,
        ),
        (
            r#"{"batch":{"rows":[["mrn","name"],["28991442","Ana Ng"]]}}"#,
            r#"{"batch":{"rows":[["mrn","name"],["[mrn]","[name]"]]}}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
    }
    for text in [
        r#"{"admitted":17,"icuAdmissions":14,"dischargeDisposition":"home","birthSex":"F"}"#,
        r#"{"account":{"status":"open"},"device":{"status":"ok"}}"#,
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"api-7d9c4b5f6-x2k9p"}}"#,
        r#"{"involvedObject":{"kind":"Service","name":"redis-master"}}"#,
        r#"{"key":"service.name","value":{"stringValue":"api"}}"#,
        r#"{"email":{"template":"reminder"}}"#,
        r#"{"wordList":["alpha"],"authorityName":"MRN","tokenSet":"eos"}"#,
    ] {
        assert_eq!(redact_text(text), text);
    }
}

#[test]
fn a_name_that_is_more_than_one_is_read_as_text_or_goes_whole() {
    for (text, expected) in [
        (
            r#"{"name":"jane.doe@example.org","x":{"name":"Patient Jane Featherstone"}}"#,
            r#"{"name":"[name]","x":{"name":"Patient [name]"}}"#,
        ),
        (
            r#"{"name":"Jane Doe, MRN 00123456"}"#,
            r#"{"name":"[name]"}"#,
        ),
        (
            r#"{"name":"postgres://app:hunter2x@db:5432/app"}"#,
            r#"{"name":"[name]"}"#,
        ),
        (
            r#"{"name":"mrn","value":"E0289914"}"#,
            r#"{"name":"mrn","value":"[mrn]"}"#,
        ),
        (
            r#"{"error":{"name":"MRN 00123456"}}"#,
            r#"{"error":{"name":"MRN [mrn]"}}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
    }
}

#[test]
fn the_keys_of_what_is_kept_by_person_go_too() {
    for (text, expected) in [
        (
            r#"{"byMrn":{"E0289914":3,"total":1},"ssn":{"536228726":true}}"#,
            r#"{"byMrn":{"[mrn]":"[mrn]","total":1},"ssn":{"[ssn]":true}}"#,
        ),
        (
            r#"{"names":{"Featherstone":1},"patients":{"00123456":{"n":1},"Ana Ng":{"n":2}}}"#,
            r#"{"names":{"[name]":"[name]"},"patients":{"[mrn]":{"n":1},"[name]":{"n":2}}}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
    }
    for text in [
        r#"{"patients":{"total":1200,"byWard":{"4071":3}}}"#,
        r#"{"errors":{"mrn":"required","email":"invalid"},"session":"closed"}"#,
        r#"{"rows":{"00123456":3}}"#,
    ] {
        assert_eq!(redact_text(text), text);
    }
}

#[test]
fn a_key_that_is_an_identifier_says_nothing_of_what_is_below_it() {
    for (text, expected) in [
        (
            r#"{"jane@example.org":{"role":"admin","at":"2024-12-23T09:27:22.031Z"}}"#,
            r#"{"[email]":{"role":"admin","at":"2024-12-23T09:27:22.031Z"}}"#,
        ),
        (
            r#"{"email":{"verifiedAt":"2024-12-23T09:27:22.031Z"}}"#,
            r#"{"email":{"verifiedAt":"2024-12-23T09:27:22.031Z"}}"#,
        ),
        (
            r#"{"fields":[{"name":"lastName","value":"Popescu"},{"name":"n","value":"Popescu"}]}"#,
            r#"{"fields":[{"name":"lastName","value":"[name]"},{"name":"n","value":"Popescu"}]}"#,
        ),
        (
            r#"{"beneficiary":{"display":"Ana Ng"},"actor":{"display":"Ward 4"},"code":{"display":"Hay Fever"}}"#,
            r#"{"beneficiary":{"display":"[name]"},"actor":{"display":"Ward 4"},"code":{"display":"Hay Fever"}}"#,
        ),
        (
            r#"{"row":{"Name":"Ana Horvat","n":3},"queue":{"name":"Blue Horvat"}}"#,
            r#"{"row":{"Name":"[name]","n":3},"queue":{"name":"Blue Horvat"}}"#,
        ),
        (
            r#"{"PID.3":"78426945","PID.7":"19780719","PID.8":"F"}"#,
            r#"{"PID.3":"[mrn]","PID.7":"[date]","PID.8":"F"}"#,
        ),
        (
            r#"{"answers":{"What is your name?":"Farouk Ng"}}"#,
            r#"{"answers":{"What is your name?":"[name]"}}"#,
        ),
        (
            r#"{"pat_last_nm":"Popescu","zip_cd":"12254","wavelength_nm":"red"}"#,
            r#"{"pat_last_nm":"[name]","zip_cd":"[zip]","wavelength_nm":"red"}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
    }
}

#[test]
fn values_are_read_by_the_name_beside_them_in_any_order() {
    for (text, expected) in [
        (
            r#"{"column":"ssn","old":"123456789","new":987654321}"#,
            r#"{"column":"ssn","old":"[ssn]","new":"[ssn]"}"#,
        ),
        (
            r#"{"from":"123456789","to":null,"n":7,"column":"ssn"}"#,
            r#"{"from":"[ssn]","to":null,"n":7,"column":"ssn"}"#,
        ),
        (
            r#"{"type":"value_error","loc":["body","mrn",0],"input":"E0289914"}"#,
            r#"{"type":"value_error","loc":["body","mrn",0],"input":"[mrn]"}"#,
        ),
        (
            r#"{"loc":["body","mrn"],"type":"value_error","input":"E0289914"}"#,
            r#"{"loc":["body","mrn"],"type":"value_error","input":"[mrn]"}"#,
        ),
        (
            r#"{"received":"E0289914","path":["intake","mrn"]}"#,
            r#"{"received":"[mrn]","path":["intake","mrn"]}"#,
        ),
        (
            r#"{"op":"replace","path":"/contacts/0/lastName","value":"Ng"}"#,
            r#"{"op":"replace","path":"/contacts/0/lastName","value":"[name]"}"#,
        ),
        (
            r#"{"name":"Maria K. Nakamura","hostname":"api-1"}"#,
            r#"{"name":"[name]","hostname":"api-1"}"#,
        ),
        (
            r#"{"op":"replace","path":"/name/0/family","value":"Ng"}"#,
            r#"{"op":"replace","path":"/name/0/family","value":"[name]"}"#,
        ),
        (
            r#"{"path":["mrn"],"context":{"limit":3,"value":"E0289914"}}"#,
            r#"{"path":["mrn"],"context":{"limit":3,"value":"[mrn]"}}"#,
        ),
        (
            r#"{"code":{"text":"Last name"},"valueString":"Ng"}"#,
            r#"{"code":{"text":"Last name"},"valueString":"[name]"}"#,
        ),
        (
            r#"{"args":["intake:1","mrn","E0289914"]}"#,
            r#"{"args":["intake:1","mrn","[mrn]"]}"#,
        ),
        (
            r#"{"argv":["load","--mrn","E0289914","--limit","20"]}"#,
            r#"{"argv":["load","--mrn","[mrn]","--limit","20"]}"#,
        ),
        // What was found in a value before its name goes with it.
        (
            r#"{"value":"call 212-555-0123","x":"a@b.io","field":"notes","label":"patientName"}"#,
            r#"{"value":"[name]","x":"[email]","field":"notes","label":"patientName"}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
        assert_eq!(redact_text(expected), expected);
    }
    for (text, expected) in [
        (
            r#"{"filter":{"age":{"$eq":"92"}}}"#,
            r#"{"filter":{"age":{"$eq":"[age]"}}}"#,
        ),
        (
            r#"{"headers":{"x-patient-age":"93","age":"94"}}"#,
            r#"{"headers":{"x-patient-age":"[age]","age":"94"}}"#,
        ),
        (
            r#"{"rawHeaders":["Age","94","X-Patient-Age","93"]}"#,
            r#"{"rawHeaders":["Age","94","X-Patient-Age","[age]"]}"#,
        ),
        (
            r#"{"question":"What is your age?","answer":"99"}"#,
            r#"{"question":"What is your age?","answer":"[age]"}"#,
        ),
    ] {
        assert_eq!(redact_text(text), expected);
    }
    for text in [
        r#"{"cache":{"age":95}}"#,
        r#"{"path":"/api/v1/studies","from":"queued","to":"done"}"#,
        r#"{"value":3000,"path":["server","timeout"]}"#,
        r#"{"argv":["--port","8080","--verbose"]}"#,
        // A name is that of its own object.
        r#"{"value":"E0289914","of":{"field":"mrn"}}"#,
    ] {
        assert_eq!(redact_text(text), text);
    }
}
