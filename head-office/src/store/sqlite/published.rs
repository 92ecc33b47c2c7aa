//! What was published.

use crate::store::verdict::judge;
use crate::store::words::VERSIONS_KEPT;
use crate::store::{Accepted, Publication, Published, StoreError, parsed, to_i64, to_u64};
use bytes::Bytes;
use evertill_domain::entry::Hash;
use rusqlite::{Connection, OptionalExtension, params};

/// Keeps a publication, unless it contradicts what is here, and lets go of what nobody asks for any more.
pub(super) fn publish(connection: &Connection, publication: &Publication) -> Result<Accepted, StoreError> {
    let Published { claim, sha256, signature, length, at, who } = &publication.published;
    let known = "SELECT sha256 FROM publications WHERE claim = ?1";
    let known = connection.query_row(known, [claim.to_string()], |row| row.get(0)).optional()?.map(Hash);
    let newest = "SELECT COALESCE(MAX(version), 0) FROM publications WHERE subject = ?1 AND since = 0";
    let newest: i64 = connection.query_row(newest, [claim.subject.as_str()], |row| row.get(0))?;
    let accepted = judge(claim, sha256, known, to_u64(newest));
    if !accepted.is_kept() {
        return Ok(accepted);
    }
    let (subject, store) = (claim.subject.as_str(), Published::store_column(claim));
    connection.execute(
        "INSERT INTO publications (claim, subject, store, version, since, sha256, length, signature, at, who, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (claim) DO UPDATE SET signature = excluded.signature",
        params![
            claim.to_string(),
            subject,
            store,
            to_i64(claim.version),
            to_i64(claim.since),
            sha256.0,
            to_i64(*length),
            signature,
            at,
            who,
            &publication.bytes[..]
        ],
    )?;
    if claim.since == 0 {
        connection.execute(
            "DELETE FROM publications WHERE subject = ?1 AND store = ?2 AND (since > 0 AND version < ?3 OR version <
               (SELECT version FROM publications WHERE subject = ?1 AND store = ?2 AND since = 0
                ORDER BY version DESC LIMIT 1 OFFSET ?4))",
            params![subject, store, to_i64(claim.version), VERSIONS_KEPT - 1],
        )?;
    }
    Ok(accepted)
}

/// Everything that is kept, without its bytes.
pub(super) fn list(connection: &Connection) -> Result<Vec<Published>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT claim, sha256, signature, length, at, who FROM publications")?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(Published {
            claim: parsed(&row.get::<_, String>(0)?)?,
            sha256: Hash(row.get(1)?),
            signature: row.get(2)?,
            length: to_u64(row.get(3)?),
            at: row.get(4)?,
            who: row.get(5)?,
        });
    }
    Ok(list)
}

/// The bytes of what `claim` says.
pub(super) fn bytes(connection: &Connection, claim: &str) -> Result<Option<Bytes>, StoreError> {
    let select = "SELECT bytes FROM publications WHERE claim = ?1";
    let bytes: Option<Vec<u8>> = connection.query_row(select, [claim], |row| row.get(0)).optional()?;
    Ok(bytes.map(Bytes::from))
}
