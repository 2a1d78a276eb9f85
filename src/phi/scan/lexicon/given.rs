//! Given names that are nothing else: of the United States' most frequent of a hundred years (Social Security
//! Administration, "Top Names Over the Last 100 Years"), of the most frequent of other languages among its
//! people, and those that forms are filled in with. Left out are those that are words, places, months, months or
//! software too (Mark, Grace, Virginia, April, Travis).

pub(super) const GIVEN: &str = "james robert john michael david william richard joseph thomas christopher charles daniel matthew \
    anthony donald steven andrew paul joshua kenneth kevin brian timothy ronald george jason edward \
    jeffrey ryan jacob nicholas gary eric jonathan stephen larry justin brandon benjamin samuel gregory \
    alexander patrick raymond dennis jerry tyler aaron jose adam nathan henry zachary douglas \
    peter kyle noah ethan jeremy walter keith roger terry sean gerald carl dylan harold jesse bryan \
    lawrence arthur gabriel bruce logan billy alan juan elijah willie albert wayne randy vincent liam roy bobby \
    caleb bradley russell lucas philip phillip johnny eugene howard fred theodore isaac oliver sebastian \
    mary patricia jennifer linda elizabeth barbara susan jessica karen sarah lisa nancy sandra betty ashley emily \
    kimberly margaret donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy \
    kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet \
    maria olivia heather helen catherine diane julie joyce lauren kelly christina ruth joan judith evelyn \
    hannah andrea megan cheryl jacqueline teresa abigail sophia martha sara janice kathryn ann isabella judy \
    alice jean denise frances danielle marilyn natalie beverly diana brittany theresa kayla alexis doris \
    lori tiffany jane jill annie ellen eleanor gertrude edith mildred agnes harriet lucy clara rosa peggy wendy tracy \
    tammy tina kathy cindy debbie susie jenny katie becky vicky mandy molly naomi miriam esther leah nora \
    mike dave steve jim bob tom dan greg jeff ken ron joe nick matt tim phil ben sam alex chris \
    tony andy jimmy tommy danny kenny ronnie eddie freddie charlie teddy harry jake luke zach josh \
    carlos luis miguel pedro jorge javier alejandro fernando roberto ricardo eduardo sergio rafael guillermo \
    raul hector manuel ana sofia lucia carmen isabel elena josefina guadalupe rosario mercedes pilar consuelo maría josé ramón \
    mohammed muhammad mohamed ahmed ali hassan hussein omar ibrahim yusuf khalid fatima aisha layla zainab khadija mariam \
    wei ming hui xiao jun hiroshi takeshi kenji yuki akiko haruto sakura sunita priya raj rajesh sanjay anil amit vijay deepak \
    anjali kavita lakshmi arjun rahul olga ivan dmitri sergei vladimir natasha svetlana tatiana irina boris \
    kwame kofi amara chidi ngozi oluwaseun hans klaus jürgen günter heinrich wolfgang ingrid helga greta jean-luc pierre jacques \
    françois michel claire giulia giovanni giuseppe marco matteo francesca chiara lukasz katarzyna agnieszka piotr pawel \
    soren søren lars bjorn anders sven astrid freya håkon siobhan siobhán niamh aoife sinead padraig seamus eoin ciaran \
    latoya tyrone darnell jamal lakisha keisha shanice deshawn malik ebony chloe chloé zoe zoë mia ava amelia evie isla mila \
    beatrice bartholomew xiomara mehmet fatma ayşe emre murat aylin dimitri dimitris nikos eleni giorgos yiannis";
