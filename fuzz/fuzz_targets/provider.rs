#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| researchflow_core::fuzz::check("provider", bytes));
