use std::collections::HashMap;

use wbxml::codepages::airsync;

struct Foreign;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SyncKey)]
    key: Foreign,
    #[wbxml(Status)]
    status: Option<HashMap<String, u8>>,
    #[wbxml(Commands, list)]
    commands: Vec<String>,
    #[wbxml(Class, opaque)]
    class: u8,
    #[wbxml(Wait, text)]
    wait: Vec<Foreign>,
    #[wbxml(choice)]
    choice: Option<Foreign>,
    #[wbxml(any)]
    any: Vec<String>,
}

fn main() {}
