//! libFuzzer's program for `activesync_fuzz::to_xml`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| activesync_fuzz::to_xml(input));
