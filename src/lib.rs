//! The till agent that never stops selling.
//!
//! | room | what |
//! |---|---|
//! | [`agent`] | puts the rooms together, runs them, stops them |
//! | [`counter`] | what a cashier does, one verb a file |
//! | [`journal`] | every sale, on disk before paper moves |
//! | [`link`] | requests to head office, and whom it trusts |
//! | [`sync`] | the journal to both locations, the price book back |
//! | [`pilot`] | the store from pool to pool, by signed files and between baskets |
//! | [`peripherals`] | printer, drawer and scanner, a worker each |
//! | [`http`] | the loopback API and the cashier's page, behind their guard |
//! | [`page`] | how the page looks and what it says, in five languages |
//! | [`cli`] | the command line, one verb a file |
//! | [`config`], [`identity`] | till.toml, and the till's key |
//! | [`clock`], [`shutdown`] | what time it is, and being asked to stop |

pub mod agent;
pub mod cli;
pub mod clock;
pub mod config;
pub mod counter;
pub mod http;
pub mod identity;
pub mod journal;
pub mod link;
pub mod page;
pub mod peripherals;
pub mod pilot;
pub mod shutdown;
pub mod sync;
