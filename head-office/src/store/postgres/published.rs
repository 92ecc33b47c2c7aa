//! What was published.

use super::error::Error;
use super::transaction::Work;
use crate::store::verdict::judge;
use crate::store::words::VERSIONS_KEPT;
use crate::store::{Accepted, Publication, Published, StoreError, parsed, to_i64, to_u64};
use bytes::Bytes;
use deadpool_postgres::{Object, Transaction};
use evertill_domain::entry::Hash;

/// Keeps a publication, unless it contradicts what is here, and lets go of what nobody asks for any more.
impl Work for Publication {
    type Answer = Accepted;

    async fn run(&self, transaction: &Transaction<'_>) -> Result<Accepted, Error> {
        let Published { claim, sha256, signature, length, at, who } = &self.published;
        let (name, subject, store) = (claim.to_string(), claim.subject.as_str(), Published::store_column(claim));
        let known = transaction.query_opt("SELECT sha256 FROM publications WHERE claim = $1", &[&name]).await?;
        let known = known.map(|row| hash(&row, 0)).transpose()?;
        let newest = "SELECT COALESCE(MAX(version), 0) FROM publications WHERE subject = $1 AND since = 0";
        let newest = to_u64(transaction.query_one(newest, &[&subject]).await?.try_get(0)?);
        let accepted = judge(claim, sha256, known, newest);
        if !accepted.is_kept() {
            return Ok(accepted);
        }
        let (version, since) = (to_i64(claim.version), to_i64(claim.since));
        transaction
            .execute(
                "INSERT INTO publications (claim, subject, store, version, since, sha256, length, signature, at, who, bytes)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                 ON CONFLICT (claim) DO UPDATE SET signature = excluded.signature",
                &[
                    &name,
                    &subject,
                    &store,
                    &version,
                    &since,
                    &&sha256.0[..],
                    &to_i64(*length),
                    signature,
                    at,
                    who,
                    &&self.bytes[..],
                ],
            )
            .await?;
        if claim.since == 0 {
            // Two statements where one would do: distributed databases know no subquery of the same table in a DELETE.
            let select = "SELECT version FROM publications WHERE subject = $1 AND store = $2 AND since = 0
                          ORDER BY version DESC LIMIT 1 OFFSET $3";
            let oldest = transaction.query_opt(select, &[&subject, &store, &(VERSIONS_KEPT - 1)]).await?;
            let oldest: i64 = oldest.map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
            let delete = "DELETE FROM publications
                          WHERE subject = $1 AND store = $2 AND ((since > 0 AND version < $3) OR version < $4)";
            transaction.execute(delete, &[&subject, &store, &version, &oldest]).await?;
        }
        Ok(accepted)
    }
}

/// Everything that is kept, without its bytes.
pub(super) async fn list(client: &Object) -> Result<Vec<Published>, Error> {
    let statement = client.prepare_cached("SELECT claim, sha256, signature, length, at, who FROM publications").await?;
    let mut list = Vec::new();
    for row in client.query(&statement, &[]).await? {
        list.push(Published {
            claim: parsed(row.try_get(0)?)?,
            sha256: hash(&row, 1)?,
            signature: row.try_get(2)?,
            length: to_u64(row.try_get(3)?),
            at: row.try_get(4)?,
            who: row.try_get(5)?,
        });
    }
    Ok(list)
}

/// The bytes of what `claim` says.
pub(super) async fn bytes(client: &Object, claim: &str) -> Result<Option<Bytes>, Error> {
    let row = client.query_opt("SELECT bytes FROM publications WHERE claim = $1", &[&claim]).await?;
    Ok(row.map(|row| row.try_get::<_, Vec<u8>>(0)).transpose()?.map(Bytes::from))
}

fn hash(row: &tokio_postgres::Row, index: usize) -> Result<Hash, Error> {
    let bytes: &[u8] = row.try_get(index)?;
    let hash = bytes.try_into().map_err(|_| StoreError::Damaged("a publication's hash has not 32 bytes".to_owned()))?;
    Ok(Hash(hash))
}
