use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add)]
    Add { key: String },
    #[wbxml(Delete)]
    Delete(String, u8),
    #[wbxml(Change, text)]
    Change,
    #[wbxml(any)]
    Other,
    #[wbxml(any)]
    First(wbxml::AnyElement<'static>),
    #[wbxml(any)]
    Second(wbxml::AnyElement<'static>),
}

fn main() {}
