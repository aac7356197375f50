use wbxml::codepages::airsync;

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(page = airsync, choice)]
struct Choice {
    #[wbxml(SyncKey)]
    key: String,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value)]
struct Value(u8);

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(text)]
struct Text {
    #[wbxml(airsync::SyncKey)]
    key: String,
}

#[derive(wbxml::Decode, wbxml::Encode)]
union Union {
    number: u8,
}

#[derive(wbxml::Decode, wbxml::Encode)]
struct Lifetimes<'a, 'b> {
    #[wbxml(airsync::SyncKey)]
    key: &'a str,
    #[wbxml(airsync::Class)]
    class: &'b str,
}

#[derive(wbxml::Decode, wbxml::Encode)]
struct Optional(Option<String>);

#[derive(wbxml::Decode, wbxml::Encode)]
struct Flag(#[wbxml(flag)] bool);

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(choice)]
enum Empty {}

fn main() {}
