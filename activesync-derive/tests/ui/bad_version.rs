use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SyncKey, since = "14.2")]
    key: String,
    #[wbxml(Status, until = 12)]
    status: u8,
    #[wbxml(Class, since = "14.0", until = "12.1")]
    class: String,
    #[wbxml(Wait, since = "14.0", since = "12.1")]
    wait: u8,
    #[wbxml(Limit, since)]
    limit: u8,
}

fn main() {}
