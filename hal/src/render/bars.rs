//! Barcodes as bars: what a printer does with the data that it is sent.

/// Modules from left to right, `true` for black.
pub type Bars = Vec<bool>;

/// Widths of bars and spaces of the digits 0 to 9 in EAN's set A, which begins with a space.
const EAN_SET_A: [[u8; 4]; 10] = [
    [3, 2, 1, 1],
    [2, 2, 2, 1],
    [2, 1, 2, 2],
    [1, 4, 1, 1],
    [1, 1, 3, 2],
    [1, 2, 3, 1],
    [1, 1, 1, 4],
    [1, 3, 1, 2],
    [1, 2, 1, 3],
    [3, 1, 1, 2],
];
/// Which of the six digits at the left are of set B, by the first digit: the highest of six bits is the leftmost.
const EAN_SET_B: [u8; 10] =
    [0b000000, 0b001011, 0b001101, 0b001110, 0b010011, 0b011001, 0b011100, 0b010101, 0b010110, 0b011010];

/// The bars of an EAN-13; `None` when `digits` are not 13 digits.
pub fn ean13(digits: &[u8]) -> Option<Bars> {
    let values: Vec<u8> = digits.iter().filter(|d| d.is_ascii_digit()).map(|d| d - b'0').collect();
    if values.len() != 13 || digits.len() != 13 {
        return None;
    }
    let mut bars = vec![true, false, true];
    let set_b = EAN_SET_B[usize::from(values[0])];
    for (place, digit) in values[1..7].iter().enumerate() {
        let mut widths = EAN_SET_A[usize::from(*digit)];
        if set_b & (0b10_0000 >> place) != 0 {
            widths.reverse();
        }
        push(&mut bars, &widths, false);
    }
    bars.extend([false, true, false, true, false]);
    for digit in &values[7..] {
        push(&mut bars, &EAN_SET_A[usize::from(*digit)], true);
    }
    bars.extend([true, false, true]);
    Some(bars)
}

/// Widths of bars and spaces of the Code 128 symbols 0 to 105, each six digits that begin with a bar.
const CODE_128: [u32; 106] = [
    212222, 222122, 222221, 121223, 121322, 131222, 122213, 122312, 132212, 221213, 221312, 231212, 112232, 122132,
    122231, 113222, 123122, 123221, 223211, 221132, 221231, 213212, 223112, 312131, 311222, 321122, 321221, 312212,
    322112, 322211, 212123, 212321, 232121, 111323, 131123, 131321, 112313, 132113, 132311, 211313, 231113, 231311,
    112133, 112331, 132131, 113123, 113321, 133121, 313121, 211331, 231131, 213113, 213311, 213131, 311123, 311321,
    331121, 312113, 312311, 332111, 314111, 221411, 431111, 111224, 111422, 121124, 121421, 141122, 141221, 112214,
    112412, 122114, 122411, 142112, 142211, 241211, 221114, 413111, 241112, 134111, 111242, 121142, 121241, 114212,
    124112, 124211, 411212, 421112, 421211, 212141, 214121, 412121, 111143, 111341, 131141, 114113, 114311, 411113,
    411311, 113141, 114131, 311141, 411131, 211412, 211214, 211232,
];
const CODE_128_STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];
const START_B: usize = 104;
const START_C: usize = 105;
const TO_C: usize = 99;
const TO_B: usize = 100;

/// The bars of the data of `GS k 73`, and the text that they say. `None` when the data are not of code sets B and C.
pub fn code128(data: &[u8]) -> Option<(Bars, String)> {
    let (mut symbols, mut text): (Vec<usize>, String) = (Vec::new(), String::new());
    let mut in_c = false;
    let mut rest = data;
    while let Some((first, after)) = rest.split_first() {
        match (first, after.first()) {
            (b'{', Some(set @ (b'B' | b'C'))) => {
                in_c = *set == b'C';
                symbols.push(match (symbols.is_empty(), in_c) {
                    (true, false) => START_B,
                    (true, true) => START_C,
                    (false, false) => TO_B,
                    (false, true) => TO_C,
                });
                rest = &after[1..];
                continue;
            }
            _ if symbols.is_empty() => return None,
            (pair @ 0..=99, _) if in_c => {
                symbols.push(usize::from(*pair));
                text.push_str(&format!("{pair:02}"));
            }
            (b'{', Some(b'{')) => {
                symbols.push(usize::from(b'{' - b' '));
                text.push('{');
                rest = &after[1..];
                continue;
            }
            (byte @ 0x20..=0x7E, _) if !in_c && *byte != b'{' => {
                symbols.push(usize::from(byte - b' '));
                text.push(char::from(*byte));
            }
            _ => return None,
        }
        rest = after;
    }
    if symbols.len() < 2 {
        return None;
    }
    let sum: usize = symbols.iter().enumerate().map(|(place, symbol)| place.max(1) * symbol).sum();
    symbols.push(sum % 103);
    let mut bars = Vec::with_capacity(symbols.len() * 11 + 13);
    for symbol in symbols {
        let digits = CODE_128[symbol];
        let widths = [100_000, 10_000, 1_000, 100, 10, 1].map(|unit| (digits / unit % 10) as u8);
        push(&mut bars, &widths, true);
    }
    push(&mut bars, &CODE_128_STOP, true);
    Some((bars, text))
}

/// Appends runs of the given widths, the first of which is black when `black`.
fn push(bars: &mut Bars, widths: &[u8], black: bool) {
    let mut black = black;
    for width in widths {
        bars.extend(std::iter::repeat_n(black, usize::from(*width)));
        black = !black;
    }
}
