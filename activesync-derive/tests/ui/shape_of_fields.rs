use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(MoreAvailable, flag)]
    more: Option<bool>,
    #[wbxml(Commands, list)]
    commands: Option<String>,
    #[wbxml(ApplicationData)]
    data: Vec<u8>,
    #[wbxml(Supported)]
    supported: Option<Vec<String>>,
    #[wbxml(any)]
    other: Option<wbxml::AnyElement<'static>>,
}

fn main() {}
