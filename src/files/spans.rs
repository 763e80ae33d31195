//! Sets of bytes, as spans that do not touch.

use std::collections::BTreeMap;
use std::ops::Range;

/// Which bytes of a file: begin to end of each span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spans(BTreeMap<u64, u64>);

impl Spans {
    /// Puts a span in.
    pub(crate) fn insert(&mut self, span: Range<u64>) {
        if span.is_empty() {
            return;
        }
        let (mut start, mut end) = (span.start, span.end);
        // Whatever it overlaps or touches becomes a part of it.
        while let Some((from, to)) = self.last_from(end).filter(|(_, to)| *to >= start) {
            self.0.remove(&from);
            (start, end) = (start.min(from), end.max(to));
        }
        self.0.insert(start, end);
    }

    /// Takes a span out.
    pub(crate) fn remove(&mut self, span: Range<u64>) {
        if span.is_empty() {
            return;
        }
        while let Some((from, to)) = self
            .0
            .range(..span.end)
            .next_back()
            .map(|(a, b)| (*a, *b))
            .filter(|(_, to)| *to > span.start)
        {
            self.0.remove(&from);
            if from < span.start {
                self.0.insert(from, span.start);
            }
            if to > span.end {
                self.0.insert(span.end, to);
            }
            if from <= span.start {
                break;
            }
        }
    }

    /// Whether all bytes of a span are in.
    pub(crate) fn covers(&self, span: &Range<u64>) -> bool {
        span.is_empty() || self.last_from(span.start).is_some_and(|(_, to)| to >= span.end)
    }

    /// The parts of a span that are not in.
    pub(crate) fn gaps(&self, span: &Range<u64>) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        // What is wanted may begin behind the end of the file.
        if span.is_empty() {
            return gaps;
        }
        let mut at = span.start;
        let before = self.last_from(span.start).map_or(span.start, |(from, _)| from);
        for (from, to) in self.0.range(before..span.end) {
            if *from > at {
                gaps.push(at..*from);
            }
            at = at.max(*to);
        }
        if at < span.end {
            gaps.push(at..span.end);
        }
        gaps
    }

    /// The parts of a span that are in.
    pub(crate) fn within(&self, span: &Range<u64>) -> Vec<Range<u64>> {
        let mut rest = Self::default();
        rest.insert(span.clone());
        self.gaps(span).into_iter().for_each(|gap| rest.remove(gap));
        rest.0.into_iter().map(|(from, to)| from..to).collect()
    }

    /// The first part of a span that is not in.
    pub(crate) fn first_gap(&self, span: &Range<u64>) -> Option<Range<u64>> {
        let from = self.last_from(span.start).map_or(span.start, |(_, to)| to.max(span.start));
        let to = self.0.range(from..span.end.max(from)).next().map_or(span.end, |(next, _)| *next);
        (from < to).then_some(from..to)
    }

    /// How many bytes of a span are in.
    pub(crate) fn count(&self, span: &Range<u64>) -> u64 {
        let missing: u64 = self.gaps(span).iter().map(|gap| gap.end - gap.start).sum();
        span.end.saturating_sub(span.start).saturating_sub(missing)
    }

    /// The byte behind the last one.
    pub(crate) fn end(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(_, to)| *to)
    }

    /// The last span that begins at or before a byte.
    fn last_from(&self, at: u64) -> Option<(u64, u64)> {
        self.0.range(..=at).next_back().map(|(from, to)| (*from, *to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair of spans of a few bytes, put in and taken out, against one flag for each byte.
    #[test]
    fn spans_are_what_a_flag_for_each_byte_would_be() {
        const BYTES: u64 = 6;
        // Also those that end before they begin: a wish that lies behind the end of a file.
        let all: Vec<Range<u64>> =
            (0..=BYTES).flat_map(|from| (0..=BYTES).map(move |to| from..to)).collect();
        for a in &all {
            for b in &all {
                for c in &all {
                    let (mut spans, mut flags) = (Spans::default(), [false; BYTES as usize]);
                    for (span, is_in) in [(a, true), (b, true), (c, false)] {
                        match is_in {
                            true => spans.insert(span.clone()),
                            false => spans.remove(span.clone()),
                        }
                        for at in span.clone() {
                            flags[at as usize] = is_in;
                        }
                    }
                    let is_in = |at: u64| flags[at as usize];
                    for span in &all {
                        assert_eq!(
                            spans.covers(span),
                            span.clone().all(is_in),
                            "{a:?} {b:?} {c:?} {span:?}"
                        );
                        assert_eq!(
                            spans.count(span),
                            span.clone().filter(|at| is_in(*at)).count() as u64
                        );
                        let within: Vec<u64> = spans.within(span).into_iter().flatten().collect();
                        assert_eq!(
                            within,
                            span.clone().filter(|at| is_in(*at)).collect::<Vec<_>>()
                        );
                        assert_eq!(spans.first_gap(span), spans.gaps(span).first().cloned());
                        let gaps: Vec<u64> = spans.gaps(span).into_iter().flatten().collect();
                        let expected: Vec<u64> = span.clone().filter(|at| !is_in(*at)).collect();
                        assert_eq!(gaps, expected);
                    }
                    let end = (0..BYTES).rfind(|at| is_in(*at)).map_or(0, |at| at + 1);
                    assert_eq!(spans.end(), end);
                }
            }
        }
    }
}
