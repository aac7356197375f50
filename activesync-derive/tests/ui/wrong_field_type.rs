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
    #[wbxml(Class, opaque)]
    class: u8,
    #[wbxml(Wait, text)]
    wait: Vec<Foreign>,
}

fn main() {}
