//! Ingest: nothing twice, no gap, no silent merge; one bad entry blocks nobody.

#![allow(clippy::unwrap_used)] // also in the helpers of tests

mod common;

use common::{Chain, DAY, Engine, Site, TILL, epoch, key, lines, sale};
use evertill_domain::chain::Head;
use evertill_domain::entry::{Entry, Signature};
use evertill_domain::wire::{Problem, SetAside};

fn head(problem: &Problem) -> (Option<u64>, Option<evertill_domain::entry::Hash>) {
    (problem.watermark, problem.hash)
}

async fn a_resent_batch_is_here_once(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(120);
    for batch in [&entries[..50], &entries[..50], &entries[20..100], &entries[..], &entries[10..20]] {
        let ack = site.post_journal(&chain, batch).await.unwrap();
        assert!(ack.watermark >= batch.last().unwrap().seq);
        assert_eq!(ack.hash, entries[ack.watermark as usize - 1].hash);
    }
    let standing = site.watermark(&chain).await;
    assert_eq!((standing.watermark, standing.hash, standing.receipt_number), (120, chain.head.hash, 120));
    assert_eq!(site.sql("SELECT COUNT(*) FROM journal"), "120");
    assert!(site.verify().await.0);
}

async fn a_gap_is_answered_with_the_place_to_resume(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(10);
    let problem = site.post_journal(&chain, &entries[3..]).await.unwrap_err();
    assert_eq!(
        (problem.kind.as_str(), problem.status, head(&problem)),
        (Problem::GAP, 409, (Some(0), Some(Head::START.hash)))
    );
    site.post_journal(&chain, &entries[..3]).await.unwrap();
    let problem = site.post_journal(&chain, &entries[5..]).await.unwrap_err();
    assert_eq!((problem.kind.as_str(), head(&problem)), (Problem::GAP, (Some(3), Some(entries[2].hash))));
    // A hole inside the batch: what stands before it is in.
    let holed = [&entries[3..5], &entries[6..]].concat();
    let problem = site.post_journal(&chain, &holed).await.unwrap_err();
    assert_eq!((problem.kind.as_str(), head(&problem)), (Problem::GAP, (Some(5), Some(entries[4].hash))));
}

async fn a_fork_is_recorded_and_never_merged(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let common = chain.sales(5);
    let mut restored = chain.clone();
    let ours = chain.sales(2);
    site.post_journal(&chain, &[common.clone(), ours.clone()].concat()).await.unwrap();
    restored.next("no_sale", "{}".to_owned());
    let mut theirs = vec![restored.next("sale", sale(90))];
    restored = Chain { head: Head::of(&common[4]), ..restored };
    theirs.insert(0, restored.next("no_sale", "{}".to_owned()));
    for batch in [[common.clone(), theirs.clone()].concat(), theirs.clone()] {
        let problem = site.post_journal(&chain, &batch).await.unwrap_err();
        assert_eq!((problem.kind.as_str(), problem.status, problem.seq), (Problem::FORK, 409, Some(6)));
        assert_eq!(head(&problem), (Some(7), Some(ours[1].hash)));
    }
    // A branch that continues behind our head, naming another predecessor.
    let mut ahead = Chain { head: Head { seq: 7, hash: theirs[0].hash }, ..chain.clone() };
    let problem = site.post_journal(&chain, &ahead.sales(1)).await.unwrap_err();
    assert_eq!((problem.kind.as_str(), problem.seq), (Problem::FORK, Some(8)));
    let (whole, text) = site.verify().await;
    assert!(whole && text.contains("head 7 ") && text.contains("2 of other branches"), "{text}");
    // The till begins a new epoch and goes on.
    let mut fresh = Chain { epoch: epoch(2), head: Head::START, ..chain };
    let entries = fresh.sales(3);
    assert_eq!(site.post_journal(&fresh, &entries).await.unwrap().watermark, 3);
}

async fn a_restored_tills_receipt_numbers_are_told_over_all_epochs(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entry = chain.next("sale", sale(4711));
    site.post_journal(&chain, &[entry]).await.unwrap();
    let fresh = Chain { epoch: epoch(2), ..chain };
    let standing = site.watermark(&fresh).await;
    assert_eq!((standing.watermark, standing.receipt_number), (0, 4711));
}

/// Every way in which an entry can be bad, as the lines that the till would send.
fn bad_lines(good: &Entry, chain: &Chain) -> Vec<(&'static str, Vec<u8>)> {
    let line = good.to_line();
    let resealed = |kind: &str, body: String| {
        let mut chain = Chain { head: Head { seq: good.seq - 1, hash: good.prev }, ..chain.clone() };
        chain.next(kind, body).to_line().into_bytes()
    };
    let foreign = {
        let mut other = Chain { epoch: good.epoch, ..Chain::of("eu/DE-0418/1", 9) };
        other.head = Head { seq: good.seq - 1, hash: good.prev };
        other.next("sale", sale(1)).to_line().into_bytes()
    };
    vec![
        ("not JSON", line.replace(":", ";").into_bytes()),
        ("not an entry", format!("{{\"seq\":{}}}", good.seq).into_bytes()),
        ("altered", line.replace("Pen", "Ten").into_bytes()),
        ("badly signed", Entry { sig: Signature([1; 64]), ..good.clone() }.to_line().into_bytes()),
        ("of another version", Entry { v: 2, ..good.clone() }.to_line().into_bytes()),
        ("another till's", foreign),
        (
            "a sale that does not reconcile",
            resealed("sale", sale(6).replace("\"total_minor\":119", "\"total_minor\":120")),
        ),
        ("a sale that is none", resealed("sale", "{\"receipt_number\":6}".to_owned())),
    ]
}

async fn a_broken_entry_is_set_aside_while_the_rest_flows(site: Site) {
    for case in 0..8u8 {
        let number = case % 4 + 1;
        let mut chain = Chain { epoch: epoch(case), ..Chain::of(&format!("eu/DE-0417/{number}"), number) };
        let before = chain.sales(5);
        let sixth = chain.next("sale", sale(6));
        let after = chain.sales(2);
        let (what, bad) = bad_lines(&sixth, &chain).swap_remove(case as usize);
        let body = [lines(&before), bad.clone(), b"\n".to_vec(), lines(&after)].concat();
        let problem = site.post_lines(&chain, &body).await.unwrap_err();
        assert_eq!(
            (problem.kind.as_str(), problem.status, problem.seq),
            (Problem::ENTRY, 422, Some(6)),
            "{what}: {problem:?}"
        );
        assert_eq!(head(&problem), (Some(5), Some(before[4].hash)), "{what}: the good ones before it are in");
        let place = SetAside::of(&sixth, Problem::ENTRY);
        for _ in 0..2 {
            let ack = site.set_aside(&chain, &place, &bad).await.unwrap();
            assert_eq!((ack.watermark, ack.hash), (6, sixth.hash), "{what}");
        }
        assert_eq!(site.post_journal(&chain, &after).await.unwrap().watermark, 8, "{what}");
    }
    let (whole, text) = site.verify().await;
    assert!(whole && text.matches("1 set aside").count() == 8, "{text}");
}

async fn an_entry_set_aside_out_of_place_lies_beside_the_chain(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(4);
    site.post_journal(&chain, &entries[..2]).await.unwrap();
    let ack = site.set_aside(&chain, &SetAside::of(&entries[3], "x"), b"bytes").await.unwrap();
    assert_eq!((ack.watermark, ack.hash), (2, entries[1].hash));
    // Once the one before it is here, the same bytes continue the chain.
    site.post_journal(&chain, &entries[2..3]).await.unwrap();
    assert_eq!(site.set_aside(&chain, &SetAside::of(&entries[3], "x"), b"bytes").await.unwrap().watermark, 4);
    assert!(site.verify().await.0);
}

async fn an_unknown_kind_is_kept_untouched(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let body = "{ \"z\" : 1.50, \"deep\": [[[]]] }".to_owned();
    let entry = chain.next("loyalty_points", body.clone());
    site.post_journal(&chain, &[entry]).await.unwrap();
    let kept = site.sql("SELECT kind, body, business_day FROM journal");
    assert_eq!(kept, format!("loyalty_points|{body}|{DAY}"));
}

#[tokio::test]
async fn what_was_acknowledged_is_there_when_the_file_is_opened_again() {
    let mut site = Site::start().await;
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(40);
    let ack = site.post_journal(&chain, &entries).await.unwrap();
    // As a crash would leave it: the database and its WAL, copied while the server still holds both open.
    let copy = site.path("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["head-office.db", "head-office.db-wal"] {
        std::fs::copy(site.path("data").join(name), copy.join(name)).unwrap();
    }
    site.server.take().unwrap().stop().await;
    std::fs::remove_dir_all(site.path("data")).unwrap();
    std::fs::rename(&copy, site.path("data")).unwrap();
    site.restart().await;
    let standing = site.watermark(&chain).await;
    assert_eq!((standing.watermark, standing.hash), (ack.watermark, ack.hash));
    assert!(site.verify().await.0);
}

async fn many_tills_at_once_each_get_their_own_answer(site: Site) {
    let site = std::sync::Arc::new(site);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=4u8 {
        let site = site.clone();
        tasks.spawn(async move {
            let mut chain = Chain::of(&format!("eu/DE-0417/{number}"), number);
            for _ in 0..10 {
                let entries = chain.sales(7);
                assert_eq!(site.post_journal(&chain, &entries).await.unwrap().hash, chain.head.hash);
                // A gap of one till takes nothing of the others' commits back.
                let mut ahead = Chain { head: Head { seq: chain.head.seq + 5, ..chain.head }, ..chain.clone() };
                assert_eq!(site.post_journal(&chain, &ahead.sales(1)).await.unwrap_err().kind, Problem::GAP);
            }
            assert_eq!(site.watermark(&chain).await.watermark, 70);
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap();
    }
    let (whole, text) = site.verify().await;
    assert!(whole && text.lines().count() == 4, "{text}");
}

async fn an_epoch_is_not_continued_with_another_key(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(2);
    site.post_journal(&chain, &entries).await.unwrap();
    std::fs::write(
        site.path("tills.toml"),
        common::tills(&[1, 3])
            + &format!("\"{TILL}\" = \"{}\"\n", evertill_domain::entry::Hash(key(7).verifying_key().to_bytes())),
    )
    .unwrap();
    let mut changed = Chain { key: key(7), ..chain };
    let next = changed.sales(1);
    let mut refused = false;
    for _ in 0..500 {
        let problem = site.post_journal(&changed, &next).await.unwrap_err();
        refused = problem.kind == Problem::IDENTITY;
        if refused {
            break;
        }
        // The register is still the old one, to which the request's signature is wrong.
        assert_eq!(problem.kind, Problem::SIGNATURE);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(refused, "the changed register never came into force");
}

async fn an_altered_byte_is_found_by_verify(site: Site) {
    let mut chain = Chain::of(TILL, 2);
    let entries = chain.sales(20);
    site.post_journal(&chain, &entries).await.unwrap();
    match &site.engine {
        Engine::Sqlite => site.sql("UPDATE entries SET body = replace(body, 'Pen', 'Den') WHERE id & 0xFF = 13"),
        Engine::Postgres(_) => site.sql(
            "UPDATE entries SET body = convert_to(replace(convert_from(body, 'UTF8'), 'Pen', 'Den'), 'UTF8') WHERE seq = 13",
        ),
    };
    let (whole, text) = site.verify().await;
    assert!(!whole && text.contains("BROKEN: entry 13 was altered"), "{text}");
    match &site.engine {
        Engine::Sqlite => site.sql("DELETE FROM entries WHERE id & 0xFF >= 13"),
        Engine::Postgres(_) => site.sql("DELETE FROM entries WHERE seq >= 13"),
    };
    let (whole, text) = site.verify().await;
    assert!(!whole && text.contains("the chain ends at 12, but 20 was acknowledged"), "{text}");
}

crate::on_each_engine!(
    a_resent_batch_is_here_once,
    a_gap_is_answered_with_the_place_to_resume,
    a_fork_is_recorded_and_never_merged,
    a_restored_tills_receipt_numbers_are_told_over_all_epochs,
    a_broken_entry_is_set_aside_while_the_rest_flows,
    an_entry_set_aside_out_of_place_lies_beside_the_chain,
    an_unknown_kind_is_kept_untouched,
    many_tills_at_once_each_get_their_own_answer,
    an_epoch_is_not_continued_with_another_key,
    an_altered_byte_is_found_by_verify,
);
