//! Migrations, under load: the tills go on selling and sending while the schema grows.
//!
//! Each migration runs in one transaction with the row that says so, hence wholly or not at all, and only one of several
//! instances that start together runs it: the others wait for the row and find it. It adds and never takes away, so
//! programs of both versions serve meanwhile. The version a migration is `compatible_from` is the oldest program that may
//! still run on it; taking something away (contracting) raises it, in a release after no instance reads that any more.

use super::error::Error;
use crate::store::StoreError;
use std::time::Duration;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

/// A step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its statements.
    pub sql: &'static str,
    /// The oldest program, by the number of migrations that it knows, that works on the schema with this step.
    pub compatible_from: i64,
}

/// Every migration, in order.
pub const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("../../../migrations/postgres/0001_ingest.sql"), compatible_from: 1 },
    Migration { sql: include_str!("../../../migrations/postgres/0002_publications.sql"), compatible_from: 1 },
];

/// A step waits a second for a table that others use. It must not wait longer: whoever comes behind it waits, too. Once it
/// has all it needs, an index of a large table takes its time.
const LIMITS: &str = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30min'";
/// So often it is tried again.
const TRIES_MAX: u32 = 30;
/// The pause between two tries, in which the others go on.
const PAUSE: Duration = Duration::from_millis(500);

/// Brings the schema up to `migrations`.
///
/// # Errors
/// [`StoreError::NewerSchema`] when a later program changed it so that this one cannot work; [`StoreError::Failed`] when
/// the database refuses.
pub async fn migrate(client: &mut Client, name: &str, migrations: &[Migration]) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        match step(client, name, migrations).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(error) if tries < TRIES_MAX && is_in_the_way(&error) => {
                tries += 1;
                tracing::info!(%error, tries, "a migration waits until it disturbs nobody");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether others had the table or the row at that moment.
fn is_in_the_way(error: &Error) -> bool {
    let Error::Postgres(said) = error else { return false };
    // Two that create the table of versions at the same time meet in the catalogue, as two of the same step do in its key.
    let in_the_catalogue = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    let waited = said.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
    error.passes() || waited || said.code().is_some_and(|code| in_the_catalogue.contains(code))
}

/// Runs the next migration, if one is missing. True when none is.
async fn step(client: &mut Client, name: &str, migrations: &[Migration]) -> Result<bool, Error> {
    let known = migrations.len() as i64;
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS schema_versions
               (version BIGINT NOT NULL PRIMARY KEY, compatible_from BIGINT NOT NULL, applied_at TEXT NOT NULL)",
        )
        .await?;
    let newest = client
        .query_opt("SELECT version, compatible_from FROM schema_versions ORDER BY version DESC LIMIT 1", &[])
        .await?;
    let (found, compatible_from): (i64, i64) = newest.map_or((0, 0), |row| (row.get(0), row.get(1)));
    if compatible_from > known {
        return Err(StoreError::NewerSchema { path: name.to_owned(), found, known }.into());
    }
    let Some(next) = usize::try_from(found).ok().and_then(|found| migrations.get(found)) else { return Ok(true) };
    let transaction = client.transaction().await?;
    transaction.batch_execute(LIMITS).await?;
    transaction
        .execute(
            "INSERT INTO schema_versions (version, compatible_from, applied_at) VALUES ($1, $2, $3)",
            &[&(found + 1), &next.compatible_from, &crate::clock::now()],
        )
        .await?;
    transaction.batch_execute(next.sql).await?;
    transaction.commit().await?;
    tracing::info!(version = found + 1, "the schema was brought forward");
    Ok(false)
}
