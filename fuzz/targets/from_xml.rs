//! libFuzzer's program for `activesync_fuzz::from_xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| activesync_fuzz::from_xml(input));
