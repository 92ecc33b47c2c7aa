//! The till agent that never stops selling.
//!
//! | room | what |
//! |---|---|
//! | [`journal`] | every sale, on disk before paper moves |
//! | [`counter`] | what a cashier does |
//! | [`clock`] | what time it is, for what is recorded |
//! | [`http`] | the loopback API, behind its guard |
//! | [`identity`] | the till's key |
//! | [`shutdown`] | being asked to stop |

pub mod clock;
pub mod counter;
pub mod http;
pub mod identity;
pub mod journal;
pub mod shutdown;
