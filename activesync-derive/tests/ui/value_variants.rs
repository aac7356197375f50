#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value)]
enum Value {
    #[wbxml(1)]
    One,
    #[wbxml(2)]
    Two(u8),
    #[wbxml(1)]
    Again,
    #[wbxml(3, 4)]
    Three,
    #[wbxml("five")]
    Five,
    #[wbxml(6u8)]
    Six,
    #[wbxml(Seven)]
    Seven,
    #[wbxml(other)]
    Eight,
    #[wbxml(other)]
    Nine(u8),
    #[wbxml(other)]
    Ten(u8),
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value = u8)]
enum Typed {
    #[wbxml("text")]
    Text,
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value = u8)]
enum Twice {
    #[wbxml(1)]
    One,
    #[wbxml(other)]
    Other(u16),
}

#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value)]
enum Empty {}

fn main() {}
