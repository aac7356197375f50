use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(SyncKey, opaque, text)]
    key: String,
    #[wbxml(Commands, list, flag)]
    commands: Vec<String>,
    #[wbxml(Status, any)]
    any: Vec<wbxml::AnyElement<'static>>,
    #[wbxml(Class, choice)]
    choice: Option<Both>,
    #[wbxml(Wait, text, text)]
    wait: u8,
    #[wbxml(Limit, Partial)]
    limit: u8,
    #[wbxml(since = "2.5", MaxItems)]
    items: u8,
    #[wbxml(Options, flag = yes)]
    options: bool,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice, value)]
enum Both {
    #[wbxml(Add)]
    Add,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice, tag = Commands)]
enum Tagged {
    #[wbxml(Add)]
    Add,
    #[wbxml(Delete, flag)]
    Delete,
    #[wbxml(Change, any)]
    Change(wbxml::AnyElement<'static>),
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, page = airsync)]
struct Twice {
    #[wbxml(any)]
    first: Vec<wbxml::AnyElement<'static>>,
    #[wbxml(any)]
    second: Vec<wbxml::AnyElement<'static>>,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(deny_unknown)]
struct Newtype(String);

fn main() {}
