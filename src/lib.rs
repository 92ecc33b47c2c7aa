//! The till agent that never stops selling.
//!
//! | room | what |
//! |---|---|
//! | [`journal`] | every sale, on disk before paper moves |
//! | [`identity`] | the till's key |
//! | [`shutdown`] | being asked to stop |

pub mod identity;
pub mod journal;
pub mod shutdown;
