//! libFuzzer's program for `activesync_fuzz::query`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| activesync_fuzz::query(input));
