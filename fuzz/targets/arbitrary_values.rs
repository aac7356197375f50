//! libFuzzer's program for `activesync_fuzz::arbitrary_values`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| activesync_fuzz::arbitrary_values(input));
