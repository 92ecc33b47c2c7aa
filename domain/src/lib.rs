//! The rules of the shop. Pure: no clock, no files, no sockets, no randomness; time is always an argument.
//!
//! | room | what it decides |
//! |---|---|
//! | [`ids`] | names of regions, stores, tills, epochs, days |
//! | [`entry`], [`chain`] | what is written, and how tampering shows |
//! | [`wire`], [`signature`] | what till and head office say to each other, and who said it |

pub mod chain;
pub mod entry;
pub mod ids;
pub mod signature;
pub mod wire;
