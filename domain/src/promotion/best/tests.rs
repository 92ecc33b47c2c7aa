//! What promotions promise: the cheapest way on small baskets, never dearer than greedy or than none, whatever the order.

use super::*;
use crate::money::Rate;
use crate::promotion::Gives;
use proptest::prelude::*;

fn offer(id: usize, counts: &[u32], gives: Gives, most_times: Option<u32>) -> Offer {
    Offer { id: format!("P{id}"), name: format!("Offer {id}"), counts: counts.to_vec(), gives, most_times }
}

/// What is bought in a test: price, pieces, (offer, slot).
type Bought = (i64, u32, Vec<(u32, u32)>);

fn with<T>(bought: &[Bought], run: impl FnOnce(&[Goods<'_>]) -> T) -> T {
    let code = |(price, _, takes): &Bought| format!("{price} {takes:?}");
    let codes: Vec<String> = bought.iter().map(code).collect();
    let take = |(offer, slot): &(u32, u32)| Take { offer: *offer, slot: *slot };
    let takes: Vec<Vec<Take>> = bought.iter().map(|(_, _, takes)| takes.iter().map(take).collect()).collect();
    let goods = |(line, (price_minor, pieces, _)): (usize, &Bought)| Goods {
        code: &codes[line],
        price_minor: *price_minor,
        pieces: *pieces,
        weighed: false,
        takes: &takes[line],
    };
    run(&bought.iter().enumerate().map(goods).collect::<Vec<_>>())
}

fn saved(offers: &[Offer], bought: &[Bought], steps: u32) -> Vec<Vec<(u32, i64)>> {
    let lines = with(bought, |goods| plan(offers, goods, Rounding::HalfUp, steps).unwrap());
    lines.into_iter().map(|line| line.into_iter().map(|one| (one.offer, one.minor)).collect()).collect()
}

fn total(lines: &[Vec<(u32, i64)>]) -> i64 {
    lines.iter().flatten().map(|(_, minor)| minor).sum()
}

#[test]
fn each_kind_of_promotion_saves_what_its_name_says() {
    let three_for_two = [offer(1, &[3], Gives::PayFor(2), None)];
    let all = |price, pieces| (price, pieces, vec![(0, 0)]);
    // 3 for 2 of 7 pieces: the cheapest of each three are free, sorted by price.
    assert_eq!(saved(&three_for_two, &[all(59, 7)], STEPS_MAX), [[(0, 118)]]);
    let mixed = saved(&three_for_two, &[all(300, 1), all(200, 1), all(100, 1)], STEPS_MAX);
    assert_eq!(mixed, [[(0, 50)], [(0, 33)], [(0, 17)]], "1.00 over 3.00, 2.00, 1.00: 0.50, 0.333, 0.166");
    let two_for_five = [offer(1, &[2], Gives::Price(500), Some(1))];
    assert_eq!(saved(&two_for_five, &[all(299, 4)], STEPS_MAX), [[(0, 98)]], "once at most");
    assert_eq!(total(&saved(&two_for_five, &[all(249, 2)], STEPS_MAX)), 0, "never dearer");
    let percent = [offer(1, &[1], Gives::Percent(Rate(10_000)), None)];
    assert_eq!(saved(&percent, &[all(199, 3)], STEPS_MAX), [[(0, 60)]], "0.20 a piece");
    let lunch = [offer(1, &[1, 1], Gives::Price(599), None)];
    let (sandwich, drink) = ((499, 2, vec![(0, 0)]), (179, 1, vec![(0, 1)]));
    assert_eq!(saved(&lunch, &[sandwich, drink], STEPS_MAX), [[(0, 58)], [(0, 21)]], "0.79 over 4.99 and 1.79");
}

#[test]
fn weighed_goods_take_part_in_percents_only() {
    let offers = [offer(1, &[1], Gives::Price(1), None), offer(2, &[1], Gives::Percent(Rate(20_000)), None)];
    let takes = [Take { offer: 0, slot: 0 }, Take { offer: 1, slot: 0 }];
    let goods = [Goods { code: "4011", price_minor: 1_063, pieces: 1, weighed: true, takes: &takes }];
    assert_eq!(best(&offers, &goods, Rounding::HalfUp), Ok(vec![vec![Saved { offer: 1, minor: 213 }]]));
}

#[test]
fn the_search_finds_what_greed_misses() {
    // Greed takes the two dearest for 3.00 (saves 3.00) and leaves one; each of both in its own promotion saves 4.00.
    let offers = [
        offer(1, &[2], Gives::Price(300), None),
        offer(2, &[1, 1], Gives::Price(200), None),
        offer(3, &[1, 1], Gives::Price(200), None),
    ];
    let bought = [
        (300, 1, vec![(0, 0), (1, 0)]),
        (300, 1, vec![(0, 0), (2, 0)]),
        (100, 1, vec![(1, 1)]),
        (100, 1, vec![(2, 1)]),
    ];
    assert_eq!(total(&saved(&offers, &bought, 0)), 300);
    assert_eq!(total(&saved(&offers, &bought, STEPS_MAX)), 400);
}

#[test]
fn a_large_basket_is_worked_out_within_the_bound() {
    let offers: Vec<Offer> = (0..12).map(|id| offer(id, &[2, 3], Gives::Price(100), None)).collect();
    let takes = |line: i64| (0..12).map(|offer| (offer, (line % 2) as u32)).collect();
    let bought: Vec<Bought> = (0..500).map(|line| (101 + line, 999, takes(line))).collect();
    assert_eq!(saved(&offers, &bought, STEPS_MAX), saved(&offers, &bought, 0));
    let small: Vec<Bought> = (0..40).map(|line| (101 + line, 1, takes(line))).collect();
    assert!(total(&saved(&offers, &small, STEPS_MAX)) >= total(&saved(&offers, &small, 0)));
}

#[test]
fn prices_that_cannot_be_calculated_with_are_an_error() {
    let wrong = |price, pieces| with(&[(price, pieces, vec![])], |goods| best(&[], goods, Rounding::HalfUp));
    assert_eq!(wrong(-1, 1), Err(MoneyError::Overflow));
    assert_eq!(wrong(i64::MAX, 2), Err(MoneyError::Overflow));
}

/// The most that can be saved, by trying everything: pieces as (price, takes), the first one alone or with any others.
fn by_hand(offers: &[Offer], pieces: &[(i64, Vec<(u32, u32)>)], used: &[u32]) -> i64 {
    let Some((_, rest)) = pieces.split_first() else { return 0 };
    let mut most = by_hand(offers, rest, used);
    for chosen in 0u32..1 << rest.len() {
        let is_in = |place: usize| place == 0 || chosen >> (place - 1) & 1 == 1;
        let (mut inside, outside): (Vec<_>, Vec<_>) = (0..pieces.len()).partition(|place| is_in(*place));
        inside.sort_by_key(|place| -pieces[*place].0);
        for (place, offer) in offers.iter().enumerate() {
            let slots: Vec<u32> =
                (0..).zip(&offer.counts).flat_map(|(slot, count)| vec![slot; *count as usize]).collect();
            let allowed = offer.most_times.is_none_or(|most| used[place] < most);
            let takes: Vec<&[(u32, u32)]> = inside.iter().map(|piece| pieces[*piece].1.as_slice()).collect();
            if !allowed || slots.len() != inside.len() || !can_fill(place as u32, &takes, &slots) {
                continue;
            }
            let sum: i64 = inside.iter().map(|piece| pieces[*piece].0).sum();
            let saving = match offer.gives {
                Gives::Price(minor) => sum - minor,
                Gives::PayFor(pay) => inside.iter().skip(pay as usize).map(|piece| pieces[*piece].0).sum(),
                Gives::Percent(rate) => rate.on(sum, Rounding::HalfUp).unwrap(),
            };
            let mut used = used.to_vec();
            used[place] += 1;
            let others: Vec<_> = outside.iter().map(|piece| pieces[*piece].clone()).collect();
            most = most.max(saving + by_hand(offers, &others, &used));
        }
    }
    most
}

fn can_fill(offer: u32, takes: &[&[(u32, u32)]], slots: &[u32]) -> bool {
    let Some((first, rest)) = takes.split_first() else { return true };
    (0..slots.len()).any(|place| {
        let mut others = slots.to_vec();
        let slot = others.remove(place);
        first.contains(&(offer, slot)) && can_fill(offer, rest, &others)
    })
}

fn any_offers() -> impl Strategy<Value = Vec<Offer>> {
    let gives = prop_oneof![
        (0i64..400).prop_map(Gives::Price),
        (1u32..3).prop_map(Gives::PayFor),
        (1i64..=100_000).prop_map(|rate| Gives::Percent(Rate(rate))),
    ];
    let one = (gives, prop::collection::vec(1u32..3, 1..3), prop::option::of(1u32..3));
    prop::collection::vec(one, 1..4).prop_map(|all| {
        let one = |(id, (gives, counts, most)): (usize, (Gives, Vec<u32>, _))| {
            let counts = if matches!(gives, Gives::Percent(_)) { vec![1] } else { counts };
            let take = counts.iter().sum();
            let gives = if let Gives::PayFor(pay) = gives { Gives::PayFor(pay.min(take)) } else { gives };
            offer(id, &counts, gives, most)
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

fn any_bought(lines: usize, pieces: u32) -> impl Strategy<Value = Vec<Bought>> {
    let takes = prop::collection::vec((0u32..3, 0u32..2), 0..4);
    prop::collection::vec((0i64..300, 1..=pieces, takes), 1..lines)
}

proptest! {
    #[test]
    fn the_search_equals_trying_everything(offers in any_offers(), bought in any_bought(4, 2)) {
        let pieces: Vec<_> =
            bought.iter().flat_map(|(price, pieces, takes)| vec![(*price, takes.clone()); *pieces as usize]).collect();
        let most = by_hand(&offers, &pieces, &vec![0; offers.len()]);
        prop_assert_eq!(total(&saved(&offers, &bought, STEPS_MAX)), most);
    }

    #[test]
    fn one_offer_is_best_used_greedily(mut offers in any_offers(), bought in any_bought(5, 2)) {
        offers.truncate(1);
        offers[0].counts.truncate(1);
        let take = offers[0].counts[0];
        if let Gives::PayFor(pay) = &mut offers[0].gives {
            *pay = take.min(*pay);
        }
        let pieces: Vec<_> =
            bought.iter().flat_map(|(price, pieces, takes)| vec![(*price, takes.clone()); *pieces as usize]).collect();
        prop_assert_eq!(total(&saved(&offers, &bought, 0)), by_hand(&offers, &pieces, &[0]));
    }

    #[test]
    fn never_dearer_than_greedy_and_no_line_below_zero(offers in any_offers(), bought in any_bought(12, 5)) {
        let lines = saved(&offers, &bought, STEPS_MAX);
        prop_assert!(total(&lines) >= total(&saved(&offers, &bought, 0)));
        for ((price, pieces, _), line) in bought.iter().zip(&lines) {
            let off: i64 = line.iter().map(|(_, minor)| *minor).sum();
            prop_assert!(line.iter().all(|(_, minor)| *minor > 0) && off <= price * i64::from(*pieces));
        }
    }

    #[test]
    fn the_order_of_scanning_does_not_matter(
        (bought, shuffled) in any_bought(8, 3).prop_flat_map(|bought| {
            let places: Vec<usize> = (0..bought.len()).collect();
            (Just(bought), Just(places).prop_shuffle())
        }),
        offers in any_offers(),
    ) {
        // Goods that are the same count as one line: which of two such lines is cheaper is nobody's concern.
        let by_goods = |bought: &[Bought]| {
            let mut lines: Vec<_> = bought.iter().cloned().zip(saved(&offers, bought, STEPS_MAX)).collect();
            lines.sort();
            lines.dedup_by(|one, other| (one.0.0, &one.0.2) == (other.0.0, &other.0.2) && {
                other.1.append(&mut one.1);
                true
            });
            lines.into_iter().map(|((price, _, takes), line)| (price, takes, total(&[line]))).collect::<Vec<_>>()
        };
        let other: Vec<Bought> = shuffled.iter().map(|place| bought[*place].clone()).collect();
        prop_assert_eq!(by_goods(&bought), by_goods(&other));
    }

    #[test]
    fn what_is_split_is_whole_and_near_its_share(minor in 0i64..1_000_000, weights in prop::collection::vec(0i64..10_000, 1..20)) {
        let whole: i64 = weights.iter().sum();
        prop_assume!(whole > 0);
        let parts = split(minor, &weights).unwrap();
        prop_assert_eq!(parts.iter().sum::<i64>(), minor);
        for (part, weight) in parts.iter().zip(&weights) {
            let off = i128::from(*part) * i128::from(whole) - i128::from(minor) * i128::from(*weight);
            prop_assert!(off.abs() < i128::from(whole));
            prop_assert!(minor > whole || part <= weight);
        }
    }
}
