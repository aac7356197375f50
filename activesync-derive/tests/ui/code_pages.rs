wbxml::code_pages! {}

wbxml::code_pages! { pub acme }

wbxml::code_pages! { pub acme = pages::acme }

wbxml::code_pages! { crate = wbxml; pub language = 5 }

fn main() {}
