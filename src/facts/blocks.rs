//! A file as blocks of whole rows in UTF-8, cut so that several threads may read one file.

use std::io::{self, Read};

/// How much is read at a time; small enough to stay in a core's own cache until it is parsed.
const BLOCK: usize = 256 * 1024;

/// The head, which tells how a file is written; blocks are no smaller.
const HEAD: usize = 4 * 1024;

/// A row may not be longer.
pub const LONGEST_ROW: usize = 1024 * 1024;

/// Reads a file block by block.
pub struct Blocks<'a> {
    reader: Box<dyn Read + Send + 'a>,
    /// How much of this file is read at a time: of a small one no more room is made than it takes.
    room: usize,
    /// The start of a row whose end is not read yet.
    carry: Vec<u8>,
    /// The physical line, from 1, where the carry starts.
    line: u32,
    ended: bool,
}

/// What came with a block.
pub struct Block {
    /// The line of its first row.
    pub line: u32,
    /// How many bytes of it are to be parsed.
    pub length: usize,
    /// Whether it holds a quote, so that a line may be less than a row.
    pub quotes: bool,
    /// What makes the file unreadable behind this block.
    pub stop: Option<Stop>,
}

/// Why the rest of a file cannot be read.
pub enum Stop {
    Io(io::Error),
    /// The row that starts at this line is too long.
    TooLong(u32),
    /// A quote opened in the row that starts at this line is never closed; the start of the row.
    Unclosed(u32, Vec<u8>),
    /// The file is written in UTF-16.
    Utf16,
}

impl<'a> Blocks<'a> {
    /// Looks at the head of the file to learn how it is written: the first line decides, since every known header
    /// is either UTF-8 or not valid in it. `size` is about how many bytes it has.
    pub fn new(mut reader: Box<dyn Read + Send + 'a>, size: u64) -> Result<Blocks<'a>, Stop> {
        // Decoded it may be half as long again.
        let room = size.saturating_mul(2).clamp(HEAD as u64, BLOCK as u64) as usize;
        let mut head = vec![0; HEAD];
        let (mut length, mut ended) = (0, false);
        while length < head.len() && !ended {
            match reader.read(&mut head[length..]) {
                Ok(0) => ended = true,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Stop::Io(error)),
            }
        }
        head.truncate(length);
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(Stop::Utf16);
        }
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            head.drain(..3);
        } else if !begins_as_utf8(&head) {
            let reader = Gb18030::new(head, reader);
            return Ok(Blocks { reader: Box::new(reader), room, carry: Vec::new(), line: 1, ended: false });
        }
        Ok(Blocks { reader, room, carry: head, line: 1, ended })
    }

    /// Fills `buffer` with whole rows, each with its line end; `None` at the end of the file.
    pub fn next(&mut self, buffer: &mut Vec<u8>) -> Option<Block> {
        if self.ended && self.carry.is_empty() {
            return None;
        }
        let mut filled = self.carry.len();
        // Of a file that is all there already no more is wanted: made-up facts are read thousands of times.
        let mut wanted = if self.ended { filled } else { self.room.max(filled * 2) };
        loop {
            if buffer.len() < wanted {
                buffer.resize(wanted, 0);
            }
            if !self.carry.is_empty() {
                buffer[..self.carry.len()].copy_from_slice(&self.carry);
                self.carry.clear();
            }
            if let Err(error) = self.fill(buffer, &mut filled, wanted) {
                return Some(self.stopped(Stop::Io(error)));
            }
            if self.ended && filled > 0 && buffer[filled - 1] != b'\n' {
                if filled == buffer.len() {
                    buffer.push(0);
                }
                buffer[filled] = b'\n';
                filled += 1;
            }
            let bytes = &buffer[..filled];
            let quotes = memchr::memchr(b'"', bytes).is_some();
            let cut = if quotes { last_row_end(bytes) } else { memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1) };
            if cut == filled || (cut > 0 && !self.ended) {
                self.carry.extend_from_slice(&bytes[cut..]);
                return Some(self.block(bytes, cut, quotes, None));
            }
            if self.ended {
                // Only a quote that is never closed hides the last line end.
                let line = self.line + lines(&bytes[..cut]);
                let start = bytes[cut..].iter().copied().take(1000).collect();
                return Some(self.block(bytes, cut, quotes, Some(Stop::Unclosed(line, start))));
            }
            if filled >= 2 * LONGEST_ROW {
                let start = bytes[cut..].iter().copied().take(1000).collect();
                let stop = if quotes && memchr::memchr(b'\n', bytes).is_some() {
                    Stop::Unclosed(self.line, start)
                } else {
                    Stop::TooLong(self.line)
                };
                return Some(self.stopped(stop));
            }
            wanted = (2 * filled).clamp(self.room, 2 * LONGEST_ROW);
        }
    }

    fn fill(&mut self, buffer: &mut [u8], filled: &mut usize, wanted: usize) -> io::Result<()> {
        while *filled < wanted && !self.ended {
            match self.reader.read(&mut buffer[*filled..wanted]) {
                Ok(0) => self.ended = true,
                Ok(read) => *filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn block(&mut self, bytes: &[u8], cut: usize, quotes: bool, stop: Option<Stop>) -> Block {
        let line = self.line;
        self.line = line.saturating_add(lines(&bytes[..cut]));
        Block { line, length: cut, quotes, stop }
    }

    fn stopped(&mut self, stop: Stop) -> Block {
        self.ended = true;
        self.carry.clear();
        Block { line: self.line, length: 0, quotes: false, stop: Some(stop) }
    }
}

fn lines(bytes: &[u8]) -> u32 {
    memchr::memchr_iter(b'\n', bytes).count() as u32
}

/// Whether the first line that holds anything is UTF-8.
fn begins_as_utf8(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    match std::str::from_utf8(line) {
        Ok(_) => true,
        // The head may end within a character.
        Err(error) => error.error_len().is_none() && line.len() + 4 > head.len(),
    }
}

/// Behind the last row that is whole.
fn last_row_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(length) = row_end(&bytes[at..]) {
        at += length;
    }
    at
}

/// The length of the first row with its line end: quoted cells may hold line ends.
pub fn row_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        // At the start of a cell.
        at += bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                at += memchr::memchr(b'"', &bytes[at..])? + 1;
                if bytes.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
        }
        at += memchr::memchr2(b',', b'\n', &bytes[at..])? + 1;
        if bytes[at - 1] == b'\n' {
            return Some(at);
        }
    }
}

/// GB18030 as UTF-8; a sequence that means nothing becomes a byte that UTF-8 does not know, and so is reported
/// with its line by whoever reads the row.
struct Gb18030<'a> {
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    /// Decoded, not handed on yet.
    ready: Vec<u8>,
    ready_at: usize,
    reader: Box<dyn Read + Send + 'a>,
    last: bool,
    done: bool,
}

impl<'a> Gb18030<'a> {
    fn new(head: Vec<u8>, reader: Box<dyn Read + Send + 'a>) -> Gb18030<'a> {
        let decoder = encoding_rs::GB18030.new_decoder_without_bom_handling();
        let (raw_at, raw_end) = (0, head.len());
        Gb18030 {
            decoder,
            raw: head,
            raw_at,
            raw_end,
            ready: Vec::new(),
            ready_at: 0,
            reader,
            last: false,
            done: false,
        }
    }

    fn decode(&mut self) -> io::Result<()> {
        const ROOM: usize = 64 * 1024;
        const BROKEN: u8 = 0xff;
        if self.raw_at == self.raw_end && !self.last {
            self.raw.resize(ROOM, 0);
            self.raw_at = 0;
            self.raw_end = 0;
            self.raw_end = self.reader.read(&mut self.raw)?;
            self.last = self.raw_end == 0;
        }
        self.ready.resize(ROOM, 0);
        self.ready_at = 0;
        let source = &self.raw[self.raw_at..self.raw_end];
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(source, &mut self.ready, self.last);
        self.raw_at += read;
        self.ready.truncate(written);
        match result {
            encoding_rs::DecoderResult::Malformed(..) => self.ready.push(BROKEN),
            encoding_rs::DecoderResult::InputEmpty => self.done = self.last,
            encoding_rs::DecoderResult::OutputFull => {}
        }
        Ok(())
    }
}

impl Read for Gb18030<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready_at == self.ready.len() && !self.done {
            self.decode()?;
        }
        let count = (self.ready.len() - self.ready_at).min(out.len());
        out[..count].copy_from_slice(&self.ready[self.ready_at..self.ready_at + count]);
        self.ready_at += count;
        Ok(count)
    }
}
