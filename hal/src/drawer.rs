//! Cash drawers: what their sensors say, and those with a serial line of their own.
//!
//! A sensor is a switch at the lid. Whether a closed switch means an open drawer depends on the drawer, so the settings
//! say it; a drawer at a printer tells through pin 3 of its connector, one at a serial line through a modem line.

mod sense;
mod serial;

#[cfg(test)]
mod tests;

pub use sense::DrawerSense;
pub(crate) use sense::confirm_open;
pub use serial::{ModemLine, SerialDrawer};
