//! Head office's clock. It is told to tills and noted beside what arrives; nothing is ever ordered by it.

/// Now, RFC 3339 in UTC, to the millisecond.
pub(crate) fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
