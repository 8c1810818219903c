//! A piece of a plan as bytes that depend on its meaning alone: names instead of ids, numbers in one form.
//!
//! The encoding is serde's data model written out plainly: a struct is its fields by name, a variant its name and what
//! it holds, a text its length and itself. It depends on nothing that a compiler may print differently.

use std::fmt::{self, Display, Write as _};

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::ser;

use crate::plan::*;

/// What things of a plan are called where they are not called by their own names: a matched clause goes by its old one.
#[derive(Default)]
pub struct Called {
    pub nodes: FxHashMap<NodeId, String>,
    /// Clauses with another address or label: (node, label) by (address, label).
    pub labels: FxHashMap<(NodeId, String), (String, String)>,
}

impl Called {
    pub fn address<'a>(&'a self, plan: &'a Plan, node: NodeId) -> &'a str {
        self.nodes.get(&node).map_or_else(|| plan.nodes[node.index()].address.as_str(), String::as_str)
    }

    /// The address and the label of a clause.
    pub fn clause<'a>(&'a self, plan: &'a Plan, node: NodeId, label: &'a str) -> (&'a str, &'a str) {
        if !self.labels.is_empty()
            && let Some((address, label)) = self.labels.get(&(node, label.to_owned()))
        {
            return (address, label);
        }
        (self.address(plan, node), label)
    }
}

/// Writes pieces of one plan.
pub struct Canonical<'p> {
    plan: &'p Plan,
    called: &'p Called,
    /// The kind of id whose number comes next.
    id: Option<&'static str>,
    pub out: Vec<u8>,
}

impl<'p> Canonical<'p> {
    pub fn new(plan: &'p Plan, called: &'p Called) -> Canonical<'p> {
        Canonical { plan, called, id: None, out: Vec::new() }
    }

    pub fn write<T: Serialize + ?Sized>(&mut self, piece: &T) {
        // The writer below never says no, and no piece does.
        let written = piece.serialize(&mut *self);
        debug_assert!(written.is_ok());
    }

    /// The form of one piece alone.
    pub fn form<T: Serialize + ?Sized>(plan: &Plan, called: &Called, piece: &T) -> String {
        let mut canonical = Canonical::new(plan, called);
        canonical.write(piece);
        String::from_utf8_lossy(&canonical.out).into_owned()
    }

    pub fn text(&mut self, text: &str) {
        let mut digits = [0u8; 20];
        let (mut at, mut length) = (digits.len(), text.len());
        loop {
            at -= 1;
            digits[at] = b'0' + (length % 10) as u8;
            length /= 10;
            if length == 0 {
                break;
            }
        }
        self.out.extend_from_slice(&digits[at..]);
        self.out.push(b':');
        self.out.extend_from_slice(text.as_bytes());
    }

    fn shown(&mut self, value: impl Display) {
        let _ = write!(self, "{value} ");
    }

    fn word(&mut self, word: &str) {
        self.out.extend_from_slice(word.as_bytes());
    }

    /// A name with what it stands under.
    pub fn name(&mut self, node: NodeId, label: &str) {
        let (plan, called) = (self.plan, self.called);
        let (address, label) = called.clause(plan, node, label);
        self.text(address);
        self.text(label);
    }

    /// Ids are places in a plan: what stands there is what is meant.
    fn named(&mut self, kind: &str, id: usize) -> bool {
        let (plan, called) = (self.plan, self.called);
        match kind {
            "NodeId" if id < plan.nodes.len() => self.text(called.address(plan, NodeId(id as u16))),
            "InputId" if id < plan.inputs.len() => self.name(plan.inputs[id].node, &plan.inputs[id].label),
            "MeasureId" if id < plan.measures.len() => self.name(plan.measures[id].node, &plan.measures[id].name),
            "ColumnId" if id < plan.columns.len() => self.text(&plan.columns[id].name),
            "AttributeId" if id < plan.attributes.len() => self.text(&plan.attributes[id].name),
            "RankingId" if id < plan.rankings.len() => self.text(&plan.rankings[id].name),
            "SymbolId" if id < plan.symbols.len() => self.text(plan.symbols.text(SymbolId(id as u32))),
            // A peer value has no name of its own. Each reads only earlier ones, so this ends.
            "PeerId" if id < plan.peers.len() => self.write(&plan.peers[id]),
            _ => return false,
        }
        true
    }
}

impl fmt::Write for Canonical<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Never made: nothing is refused.
#[derive(Debug)]
pub struct Never;

impl Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: Display>(_: T) -> Never {
        Never
    }
}

macro_rules! shown {
    ($($method:ident($type:ty);)*) => {$(
        fn $method(self, value: $type) -> Result<(), Never> {
            self.shown(value);
            Ok(())
        }
    )*};
}

impl<'c, 'p> ser::Serializer for &'c mut Canonical<'p> {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    shown! {
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
    }

    fn serialize_u16(self, value: u16) -> Result<(), Never> {
        self.serialize_u32(u32::from(value))
    }

    fn serialize_u32(self, value: u32) -> Result<(), Never> {
        let is_named = self.id.take().is_some_and(|kind| self.named(kind, value as usize));
        if !is_named {
            self.shown(value);
        }
        Ok(())
    }

    fn serialize_str(self, text: &str) -> Result<(), Never> {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Never> {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.word("-");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        self.word("+");
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        self.word("()");
        Ok(())
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<(), Never> {
        self.word(name);
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Never> {
        self.word(variant);
        self.word(" ");
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Never> {
        self.id = name.ends_with("Id").then_some(name);
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.word(variant);
        self.word("(");
        value.serialize(&mut *self)?;
        self.word(")");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Never> {
        self.word("[");
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Never> {
        self.word("[");
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        self.word("[");
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Self, Never> {
        self.word(variant);
        self.word("[");
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Never> {
        self.word("[");
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Never> {
        self.word("{");
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Self, Never> {
        self.word(variant);
        self.word("{");
        Ok(self)
    }
}

macro_rules! listed {
    ($($trait:ident::$method:ident)*) => {$(
        impl ser::$trait for &mut Canonical<'_> {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                value.serialize(&mut **self)?;
                self.word(",");
                Ok(())
            }

            fn end(self) -> Result<(), Never> {
                self.word("]");
                Ok(())
            }
        }
    )*};
}

listed! {
    SerializeSeq::serialize_element
    SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field
    SerializeTupleVariant::serialize_field
}

impl ser::SerializeMap for &mut Canonical<'_> {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.word("=");
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Never> {
        self.word("]");
        Ok(())
    }
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl ser::$trait for &mut Canonical<'_> {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Never> {
                self.word(name);
                self.word("=");
                value.serialize(&mut **self)?;
                self.word(",");
                Ok(())
            }

            fn end(self) -> Result<(), Never> {
                self.word("}");
                Ok(())
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }
