//! Where memory comes from.

use std::ffi::{c_int, c_long};

/// Training allocates and frees buffers of some megabytes all the time; the system's allocator gives such
/// memory back to the kernel and takes it anew, page fault by page fault.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Milliseconds after which mimalloc gives back what is free; `mi_option_purge_delay` of its C header.
const PURGE_DELAY: c_int = 15;

#[allow(unsafe_code)]
unsafe extern "C" {
    fn mi_option_set_default(option: c_int, value: c_long);
}

/// Keeps what has been freed: each step needs all of it again, and taking a page back stops the other
/// threads as well. `MIMALLOC_PURGE_DELAY` still says otherwise.
#[allow(unsafe_code)]
pub(crate) fn keep_memory() {
    // SAFETY: it changes one number within the allocator, before other threads start.
    unsafe { mi_option_set_default(PURGE_DELAY, -1) }
}
