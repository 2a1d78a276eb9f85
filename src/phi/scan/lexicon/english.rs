//! Words that begin with a capital in a sentence, a title or a product, and then are nobody's name. They only
//! count where a cue is weak: after "Dr." everybody may be called Young.

/// Common words of English, of those who write logs, and of clinics.
pub(super) const ENGLISH: &str = "about above accept accepted acceptance accepts across act action \
    acute adapter add additional admin administrator adult advance advanced after age agent air alarm alert \
    alerts all allowed almost alpha also always amount analysis analyst analytics and another answer any \
    anything appears appeared apply approach approved architect archive are area arm around array arrived \
    article ask asked asks assay assembly assessment asset assist assistant associate at attach attached \
    attribute audio audit auto automatic average awake aware awaiting baby back backend background backup bad balance \
    bank base basic batch be because become becomes been before began begin begins being below beta \
    better between beyond big bill binary binding blank blob blocked blocker blocks blood blue board body book bone \
    border both bottom box branch brain brand bridge brief bring broken browser budget bug bulk bundle \
    bus business busy but buy by cache calendar call calls came can cancel cancelled cannot capacity car card \
    cardiac care career carrier case cases cause cell center central centre certain certified chain chair chairman challenge chamber \
    chance change changed changes changing channel chapter charge check checks chest chief child children choice \
    choose circuit city claim claims class clean clear click clinical clinicians clone close closed cloud \
    cluster coach coast cold collection college color column come comes command comment commercial commit committees committee common \
    community company compare complete completed completes complex component compute concept concern condition conditional conference \
    confirm confirmed conflict connect connected connection connector consent console constant contains container content \
    contains context continue continued contract contrast control core corner corporate correct cost council counselor count country county course \
    court cover create created creates credit crisis critical cross current currently custom cycle daemon daily dark \
    data date dates day days dead deadline deal death debug decision deep default deferred define degree \
    delay deletes deletion delivery demand demo dental department deploy deployed deploys desk detail detected \
    developer development device dialysis diet differs difference different digital direct directive director disabled disaster discharge discovery disk dispatch \
    display distributed district division do docs document does doing done donor door double doubled down draft driver drop drug \
    dry due dump during dynamic each early earth east easy edge edit editor effect eight either elastic \
    electronic element eleven else email embedded emergency empty enabled encountered encrypt encryption end ended ending energy \
    engine engineer engineering english enough ensure enter enterprise entity entry environment equals equipment error errors \
    escalation estimate even evening event events ever every everyone everything everywhere exact exam examination example except exceeded exchange excel \
    executive exercise exists exit expect expected expired expires explain export extended extension external extra eye \
    face facility factor factory fail failing failover failure fair fall family fast favorite feature federal fee feed feedback feel \
    few field fifth fifty figure fill filter final finance financial find fine finished fire first fix fixed flag flash flat \
    fleet floor flow focus folder follow following follows food foot for force foreign forest forever form formal format former forward forwarded found \
    foundation four frame framework free french fresh friday friend friends from front full fully function fund future \
    gave gauge gender general generated generic german get gets getting give given gives giving global go goal goes going \
    gold gone good got government grade grand grant granted graph gray great green ground group growth guest guide guideline had half \
    hall hand handle handler handoff happened happens happy hard hardware has have having he head header health healthy hear heart heat heavy held \
    hello help her here hero hey hidden high higher highest him his history hit hold holds hole hiring holiday home hook hope hospice hospital host hot \
    hour hours house housing how however human hundred hybrid idea ideal idle if image imaging impact impairment implant import important \
    improvement in inbound inbox include includes income incoming increase index industry infection info inform initial inner inpatient input inside insight \
    instance instant instead institute institution insulin insurance integration intensive interest interface interim internal international \
    interpreter interval into invalid invalidated inventory invoice is isolation issue issues it item items its itself job jobs join joined joint journal \
    judge jump junior just keep keeper kept key kid kidney kind kit kitchen knee know knowledge known lab labs lack lady lake land large last late later latest \
    launch law layer lead leader leads leak lean learn learning leave left leg legacy legal length less lesson let letter level \
    library license life lifecycle light like likely limit line link linked list listen little live lives liver load loading loan local \
    location lock locked logic logistics long look lookup looks loop lost lot love low lower lowest luck lunch lung machine made magnetic mail main maintenance \
    major make makes making malformed man manage managed manager manual many map mapping march margin market marked marketing markup master \
    match matches material maternity matter max maximum may maybe me mean means measure media mediation medicine medium meeting memo memory mental menu \
    merge message met meta metal meter method metrics mid middle might migration milestone mind minimum minor minute mirror misc miss missing mix mobile mock mode \
    model modern modified module monday money monitor month monthly more morning most mount move moved moves much multi multiple must my \
    national native near necessary neck need needs negative nested network neural never new news next night nine no noise none noon nor \
    normal north not note notes nothing notice notification november now null number nursing object observation occurred october of off offer office officer \
    official offline often oil old on once one ongoing online only open opened operating operation operations operator opinion option optional or orange order orders \
    organization original orphan orphaned other others our out outbound outage outbreak outcome outer outlook outpatient output outreach outside over overall override overview own owner owns pack package packet page paid pain \
    pair panel paper parallel parent parse parser part partial partner parts party pass passed past patch path patients pay payer payload payment pending people per \
    percent perfect performance perhaps period permission permit person personal pharmacy phase phone photo physical picture piece pilot pin \
    ping pipeline place plain plan plane plant plasma platform play player please plus point police policy pool poor pop popular population portal position positive possible \
    post power practice pre preferred pregnancy prepared present pressure preview previous price primary print priority privacy private probably problem procedure process \
    processed processing processor product production profile program progress project proof property protected protocol proxy public publish pull pulse purchase purge push put quality quarter \
    query question quick quiet quit quota quote race radiation radio rain raised random range rapid rare rate raw reach reached read reader ready real reason received recent \
    recommended recovery red redirect redirected reduced refer reference referral refresh refused region regional register regular rehab reject rejected related relation release reliable relay remote removed \
    renal render renewal repair repeat replaced replica reply reported requested requests required requires research researcher reserve reserved reset resolved resolution resource resources response rest restart restarted restore restored result resulting results resume resumed retail \
    retired retries retrieval retry return returned returning returns revenue reversed review revision right ring rise risk river road rock rolling roll rollback \
    room root rotated round route router routine row rule run running runs runtime rural safe safety said sale sales same sample sandbox saturday save saved saw \
    say says scale scan scene schedule scheduled scheduler scheme school science scientist scope score screen screening script sea search season seat second secondary secret section \
    sector secure security see seed seems seen segment selected self sell send sender sends senior sensor sent sentence september sequence serial series serious \
    serve server serverless service session set sets settings settled setup seven seventh several shadow shall shape share shared sharp she sheet shell shift ship shipping shop short should show showed shows shut side sign signal signature signed \
    silent silver similar simple simulation since single sink site situation six sixth size skill skin skip skipped sleep slice slot slow small smart smoke smooth so social soft \
    software solid solution some someone something soon source south space spark special specialist specific specimen speech speed spike spine spring sprint square stable stack staff stage staging stale \
    stand standard standby star start started starting starts state statement static station stats status stay step stick still stock stone stop stopped storage store story strange strategy \
    stream street stress strict string strong structure student study style sub submission submit submitted success successful such suite summer summit sunday super supervisor supplier supply support surface \
    surgery surgical surveillance survey swap switch sync synthetic system systems table tag take takes talk tank target task tax team teams tech technical technician technology \
    telehealth tell template ten tenant term terminal terminated test tested tester testing tests text than thank thanks that the their them then theory there these they thing things think third this thorough those though thread three throttled \
    through throughout thursday ticket tier time timed timeout times timing tiny title to today together token told tomorrow tonight too took tool tools top topic total touch tower town trace track traffic \
    trail training transaction transform transfer transient transit transport trauma travel treat treatment tree trend triage trial tried trigger trip truck true truncated trust try tuesday tumor tunnel turn \
    turned twelve twenty two type typical ultra unable unauthorized under unexpected unhandled union unique unit university unknown unless unread unresolved unsupported until up update updated updates upgrade upload uploaded upper upstream urgent urine us usage use used \
    useful user users uses using usual utility vaccine valid validation value van variable various vascular vector vendor verify version very vessel via video view violated violation \
    virtual virus vision visit vital vitals voice volume volunteer vote wait waited waiting waits wake wall want wants war warehouse warm warning was watch watchdog water wave way we weak web webhook wednesday week weekly \
    weight welcome well went were west what when where which while white who whole whose why wide wild will window windows winner winter wire with within without woke woman women wood \
    word words work worked worker workflow working workload works workspace world would wrap write writer written wrong year yellow yes yesterday yet you your zero zone \
    acknowledged anonymous awaits believes cares classified communicates complains consumes copied denied detects diagnosed drained emits expects fetched flagged happening \
    ignored inherited initialized kinds lasted manages misses monitors needed normalized notifies observes orchestrates parses permits persists polls processes produces publishes \
    reads receives records rejects reloads remains removes renders replied resolves responds restarts retrieves scans schedules sees serves signs skips spawns states stores streams subscribes supports \
    syncs takes tracks triggers tries unlocked validates verifies waiver wakes wants watches writes yields";

/// Products, companies and terms of those who operate software, and departments.
pub(super) const PRODUCTS: &str = "adobe airflow alloy alpine amazon anaconda android ansible anthropic apache apollo \
    apple argo arm asana athena atlas aurora aws azure bamboo bash bedrock bitbucket blink bootstrap bun cadence calico cassandra celery ceph cerner \
    chrome chromium cilium circleci clickhouse cloudflare cloudfront cloudwatch cockroach cohere confluence consul copilot corepack cypress dagger dapr databricks \
    datadog debian deno discord django docker dockerfile dropbox druid dynamo dynatrace edge elasticsearch envoy epic ethernet eureka express facebook fargate fastapi fastify \
    fedora figma firebase firefox flask flink fluentd flutter gcp gemini git github gitlab google gpt grafana gradle graphql grpc gunicorn hadoop haproxy harbor hazelcast \
    helm heroku hibernate hive honeycomb ibm ingress insomnia intel intellij istio jaeger java javascript jenkins jest jetty jira jobs jupyter kafka karma karpenter keycloak kibana kong kotlin \
    kube kubernetes lambda laravel linear linkerd linux llama logstash loki longhorn lucene mac macos maven memcached mesos microsoft minio mistral mocha mongo mongodb \
    mozilla mysql nagios nats neo nest nessus netflix netlify nexus nginx node nodejs nomad notion npm nvidia okta ollama openai openapi openshift opensearch opentelemetry oracle packer pagerduty \
    pandas perl phoenix php pinecone playwright podman postgres postgresql postman presto prisma prometheus pulsar pulumi puppet pydantic pypi pytest python pytorch qdrant quay rabbitmq \
    rails rancher react redhat redis redshift rocketmq ruby rust safari salesforce sap sas scala scylla selenium sentry sequelize serde servicenow sftp sharepoint slack snowflake solr sonar \
    splunk spring sqlite squid ssl stripe supabase svelte swagger swift tableau tailwind teamcity tekton telegraf tensorflow terraform thanos tls tokio tomcat traefik travis trello trino tsv twilio twitter \
    typescript ubuntu unix vault vercel vertex vite vitest vue wasm webpack websocket wireguard wordpress yarn youtube zabbix zendesk zipkin zoom zookeeper \
    anesthesia audiology cardiology dermatology endocrinology gastroenterology genetics geriatrics gynecology hematology icu immunology laboratory nephrology neurology obstetrics oncology ophthalmology \
    orthopedics pathology pediatrics psychiatry psychology pulmonology radiology rheumatology surgery toxicology urology bioethics compliance irb legal procurement registrar \
    inc llc ltd gmbh corp corporation api sdk cli gui ui http https tcp udp dns sql csv json xml yaml html pdf hl7 fhir dicom ehr emr hipaa phi pii gdpr aes rsa sha jwt oauth saml ldap smtp ssh ftp iot cpu gpu ram ssd vm os \
    mri ct ecg ekg eeg ultrasound xray covid influenza diabetes cancer asthma hypertension stroke sepsis pneumonia";
