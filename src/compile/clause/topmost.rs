//! 发生1起一票否决: what follows from exactly so many, and not from more, is meant from so many on, or is asked.

use super::lone::{Lone, exactly};
use super::verb_of;
use crate::compile::condition::Range;
use crate::compile::expression::{Site, Typed};
use crate::compile::number::integer;
use crate::compile::scope::Scope;
use crate::syntax::{Pair, Rule as Token};

const CONSEQUENCES: [Token; 4] = [Token::veto, Token::disqualify, Token::zero_item, Token::grade_effect];

/// The range of a line that says exactly so many and brings more than points, where no other range goes further.
pub(super) fn topmost<'a>(body: &Pair<'a, Token>) -> Option<Lone<'a>> {
    let phrases = body.children(Token::phrase);
    let goes_on = phrases.iter().any(|phrase| phrase.has(Token::otherwise) || phrase.has(Token::BEYOND));
    let late = |phrase: &Pair<'a, Token>| phrase.child(Token::late_range)?.child(Token::range);
    let range = |phrase: &Pair<'a, Token>| late(phrase).or_else(|| phrase.child(Token::range));
    let ranges: Vec<(usize, Pair<'a, Token>)> =
        phrases.iter().enumerate().filter_map(|(at, phrase)| Some((at, range(phrase)?))).collect();
    // A band with an open end goes as far as any.
    if goes_on || ranges.iter().any(|(_, range)| has_open_end(range)) {
        return None;
    }
    let (at, range) = ranges.iter().max_by_key(|(_, range)| greatest(range))?;
    let quantity = exactly(range).filter(|_| greatest(range) > 0)?;
    let deducts = |phrase: &Pair<'_, Token>| {
        phrase.child(Token::outcome).is_some_and(|outcome| verb_of(&outcome) == Some(Token::DEDUCT))
    };
    let says = |pair: &Pair<'_, Token>| {
        let is_nothing = pair.as_rule() == Token::outcome && pair.has(Token::NOTHING);
        CONSEQUENCES.contains(&pair.as_rule()) || is_nothing && phrases.iter().any(deducts)
    };
    let phrase = &phrases[*at];
    let own = phrase.child(Token::consequence).or_else(|| phrase.child(Token::outcome).filter(says));
    let next = phrases.get(at + 1).and_then(|next| next.clone().into_inner().next()).filter(says);
    let apart = own.is_none();
    let outcome = own.or(next.filter(|_| !phrase.has(Token::outcome)))?;
    Some(Lone { quantity, outcome, apart })
}

/// The greatest number that a range names.
fn greatest(range: &Pair<'_, Token>) -> u32 {
    let numbers = range.clone().into_inner().flatten().filter(|inner| inner.as_rule() == Token::number);
    numbers.filter_map(|number| integer(&number)).max().unwrap_or(0)
}

/// 3次以上, but not 3次, 1至3次 and 3次以下.
fn has_open_end(range: &Pair<'_, Token>) -> bool {
    let bounds = range.children(Token::bound);
    let says = |bound: &Pair<'_, Token>, kinds: &[Token]| {
        let word = bound.child(Token::comparator);
        kinds.iter().any(|kind| bound.has(*kind) || word.as_ref().is_some_and(|word| word.has(*kind)))
    };
    let ends = |bound: &Pair<'_, Token>| says(bound, &[Token::BELOW, Token::AT_MOST, Token::OR_LESS]);
    !range.has(Token::between) && exactly(range).is_none() && !bounds.iter().any(ends)
}

impl Lone<'_> {
    /// One or more where one is said; of two and more it is asked whether exactly so many are meant.
    pub(super) fn and_more(&self, scope: &mut Scope<'_>, site: Site<'_, '_>, range: Range, value: &Typed) -> Range {
        let number = self.quantity.child(Token::number).and_then(|number| integer(&number));
        if number == Some(1) {
            return range.and_more(&value.expr);
        }
        let amount = scope.original(site.statement, &self.quantity);
        let written = |word: &str| scope.line_with(site.statement, &self.quantity, &format!("{word}{amount}"));
        let message = format!("说不清是达到{amount}就算，还是正好{amount}才算：再多的没有写");
        let help = format!("改成其中一句：\n{}\n{}", written("达到"), written("等于"));
        let finding = scope.at(site.statement, &self.quantity, "missing-convention", message).help(help);
        scope.report(finding);
        range
    }
}
