//! Whole numbers as people write them, and the numbers of items.

/// What a number in digits is written with: `12.5`.
pub fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// What a number in digits or in plain Chinese numerals is written with: `12.5`, `十二`.
pub fn is_numeral(c: char) -> bool {
    is_figure(c) || "零〇一二三四五六七八九十百千两".contains(c)
}

/// A whole number in digits or plain Chinese numerals (十二, 一百零五); colloquial ones (二百五) are `None`.
pub fn whole(text: &str) -> Option<u32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.parse().ok();
    }
    // 二〇二四: digit by digit, as years are written.
    if text.chars().count() == 4 && !text.contains(['十', '百', '千', '两']) {
        let digit =
            |c: char| "〇一二三四五六七八九".chars().position(|known| known == c || (known == '〇' && c == '零'));
        return text.chars().try_fold(0, |number, c| Some(number * 10 + digit(c)? as u32));
    }
    let (mut total, mut digit, mut last_unit) = (0u32, None::<u32>, 0u32);
    let mut zero = false;
    for character in text.chars() {
        match "零一二三四五六七八九".chars().position(|c| c == character).or(match character {
            '〇' => Some(0),
            '两' => Some(2),
            _ => None,
        }) {
            Some(0) => zero = true,
            Some(value) => {
                if digit.is_some() {
                    return None;
                }
                digit = Some(value as u32);
            }
            None => {
                let unit = match character {
                    '十' => 10,
                    '百' => 100,
                    '千' => 1000,
                    _ => return None,
                };
                total += digit.take().unwrap_or(1) * unit;
                last_unit = unit;
                zero = false;
            }
        }
    }
    match digit {
        // 二百五 may be 250 or 205.
        Some(_) if last_unit > 10 && !zero => None,
        Some(value) => Some(total + value),
        None => (total > 0 || zero).then_some(total),
    }
}

/// `2.1.`, `（三）`, `四、`, `5）`, `⑥` as numbers.
pub fn item_path(text: &str) -> Vec<u32> {
    text.split(['.', '、', '(', ')'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| circled(part).or_else(|| whole(part)).unwrap_or(0))
        .collect()
}

/// ①
fn circled(text: &str) -> Option<u32> {
    let number = text.chars().next().filter(|c| ('①'..='⑳').contains(c))?;
    Some(u32::from(number) - u32::from('①') + 1)
}
