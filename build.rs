//! Sets the linker up for a Node addon.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "node")]
    {
        napi_build::setup();
        // Threads of ours run until the process ends. Node unloads an addon with the last thread
        // that loaded it, and unloading code that still runs is a crash.
        if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
}
