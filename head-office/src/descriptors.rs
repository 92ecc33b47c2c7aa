//! File descriptors: each connection takes one, and systems give a process few unless it asks.

/// How many this process may have, once it asked for `needed`; `None` when there is no such limit.
#[cfg(unix)]
pub fn claim(needed: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    let wanted = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    if wanted > current && setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit }).is_ok() {
        return Some(wanted);
    }
    Some(current)
}

/// Windows counts handles, of which a process may have millions.
#[cfg(not(unix))]
pub fn claim(_needed: u64) -> Option<u64> {
    None
}
