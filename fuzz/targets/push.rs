//! libFuzzer's program for `activesync_fuzz::push`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| activesync_fuzz::push(input));
