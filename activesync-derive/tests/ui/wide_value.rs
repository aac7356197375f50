#[derive(wbxml::Decode, wbxml::Encode)]
#[wbxml(value = u8)]
enum Wide {
    #[wbxml(256)]
    Wide,
}

fn main() {}
