//! A plan as bytes and back, for the program that wrote them: what is kept of a rulebook between runs.

use std::io::{self, Read, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use chrono::{Datelike, NaiveDate};

use super::{Plan, Reading, Symbols};

impl Plan {
    /// All of it, also what its fingerprint leaves out.
    pub fn to_bytes(&self) -> io::Result<Vec<u8>> {
        borsh::to_vec(self)
    }

    /// What `to_bytes` of the same program wrote; an error where it was another or the bytes are damaged.
    pub fn from_bytes(bytes: &[u8]) -> io::Result<Plan> {
        borsh::from_slice(bytes)
    }
}

impl BorshSerialize for Symbols {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        self.texts().serialize(writer)
    }
}

impl BorshDeserialize for Symbols {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Symbols> {
        let mut symbols = Symbols::default();
        for text in Vec::<String>::deserialize_reader(reader)? {
            symbols.intern(&text);
        }
        Ok(symbols)
    }
}

pub fn write_date<W: Write>(date: &NaiveDate, writer: &mut W) -> io::Result<()> {
    date.num_days_from_ce().serialize(writer)
}

pub fn read_date<R: Read>(reader: &mut R) -> io::Result<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::deserialize_reader(reader)?).ok_or_else(damaged)
}

pub fn read_kind<R: Read>(reader: &mut R) -> io::Result<&'static str> {
    let kind = String::deserialize_reader(reader)?;
    Reading::KINDS.into_iter().find(|known| *known == kind).ok_or_else(damaged)
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}
