//! Head office.
