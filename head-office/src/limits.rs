//! Every bound of the service in one place, with units.

use std::time::Duration;

/// Most bytes of a journal batch as sent.
pub const BATCH_SENT_MAX_BYTES: usize = evertill_domain::wire::BATCH_MAX_BYTES;
/// Most bytes of a journal batch once decompressed: the longest entry, escaped as a JSON string, fits.
pub const BATCH_DECODED_MAX_BYTES: usize = 2 * evertill_domain::wire::BATCH_MAX_BYTES;
/// Most bytes of an entry to be set aside; as long as the longest batch that may hold it alone.
pub const SET_ASIDE_MAX_BYTES: usize = BATCH_DECODED_MAX_BYTES;
/// Most bytes of a heartbeat.
pub const HEARTBEAT_MAX_BYTES: usize = 64 * 1024;
/// Of a body beyond its cap this much is still read and thrown away, so that the sender hears why instead of a reset.
pub const DISCARD_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most bodies in memory at once; a batch takes about 6 MB while it is read. The others wait on their sockets.
pub const BODIES_MAX: usize = 32;
/// Most requests of one till in memory at once; it needs three.
pub const TILL_REQUESTS_MAX: usize = 4;
/// A request waits this long for a place; then its till is told to come again.
pub const ADMISSION_MAX: Duration = Duration::from_secs(2);
/// Largest window that a compressed batch may ask for, as a power of two: 8 MiB.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;
/// Most bytes of a request's head.
pub const HEAD_MAX_BYTES: usize = 16 * 1024;
/// Most requests of one connection at a time (HTTP/2).
pub const STREAMS_MAX: u32 = 16;
/// Highest number that a journal entry may have: ids of rows keep 40 bits for it.
pub const SEQ_MAX: u64 = (1 << 40) - 1;

/// File descriptors beside the tills' connections: operators', the database's, the cache's, files.
pub const DESCRIPTORS_BESIDE: u64 = 1_024;

/// The bounds that a test may want otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most open connections: 5,000 tills and room for their probes.
    pub connections: usize,
    /// A TLS handshake is done in this time.
    pub handshake: Duration,
    /// A connection that asks nothing for this long is closed. Tills probe every 30 s.
    pub idle: Duration,
    /// A request is answered in this time, its body included.
    pub request: Duration,
    /// How often files are looked at for changes.
    pub reload: Duration,
    /// On shutdown `/ready` says no for this long before the port closes, so that a load balancer notices.
    pub drain: Duration,
    /// Then open requests have this long to be answered.
    pub finish: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 8_192,
            handshake: Duration::from_secs(5),
            idle: Duration::from_secs(90),
            request: Duration::from_secs(10),
            reload: Duration::from_secs(2),
            drain: Duration::from_secs(2),
            finish: Duration::from_secs(10),
        }
    }
}
