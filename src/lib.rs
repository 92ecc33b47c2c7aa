//! The till agent that never stops selling.
//!
//! | room | what |
//! |---|---|
//! | [`journal`] | every sale, on disk before paper moves |
//! | [`counter`] | what a cashier does |
//! | [`clock`] | what time it is, for what is recorded |
//! | [`http`] | the loopback API, behind its guard |
//! | [`identity`] | the till's key |
//! | [`config`] | till.toml |
//! | [`link`] | requests to head office, and whom it trusts |
//! | [`sync`] | the journal to both locations, the price book back |
//! | [`shutdown`] | being asked to stop |

pub mod clock;
pub mod config;
pub mod counter;
pub mod http;
pub mod identity;
pub mod journal;
pub mod link;
pub mod shutdown;
pub mod sync;
