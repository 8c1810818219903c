//! What was worked out for one unit, by thing and period; forgotten in one step when the next unit begins.

/// Results by slot, where a slot is `thing × periods + period`.
pub(super) struct Memo<T> {
    /// The generation that filled the slot, and where in the pool.
    slots: Vec<(u32, u32)>,
    pool: Vec<T>,
    generation: u32,
}

/// What is known about a slot.
pub(super) enum Known<T> {
    /// Nobody has asked yet; now it is marked as being worked out.
    New,
    /// It is being worked out: who asks again goes in a circle.
    Busy,
    Done(T),
}

const BUSY: u32 = u32::MAX;

/// Which slots are marked for the unit.
pub(super) struct Marks {
    /// The generation that marked the slot.
    slots: Vec<u32>,
    generation: u32,
}

impl Marks {
    pub fn new(slots: usize) -> Marks {
        Marks { slots: vec![0; slots], generation: 1 }
    }

    pub fn clear(&mut self) {
        match self.generation.checked_add(1) {
            Some(next) => self.generation = next,
            None => *self = Marks::new(self.slots.len()),
        }
    }

    pub fn set(&mut self, slot: usize) {
        self.slots[slot] = self.generation;
    }

    pub fn has(&self, slot: usize) -> bool {
        self.slots[slot] == self.generation
    }
}

/// By slot, from where to where in the unit's facts.
pub(super) struct Runs {
    /// The generation that set the slot, and the run.
    slots: Vec<(u32, u32, u32)>,
    generation: u32,
}

impl Runs {
    pub fn new(slots: usize) -> Runs {
        Runs { slots: vec![(0, 0, 0); slots], generation: 1 }
    }

    pub fn clear(&mut self) {
        match self.generation.checked_add(1) {
            Some(next) => self.generation = next,
            None => *self = Runs::new(self.slots.len()),
        }
    }

    pub fn set(&mut self, slot: usize, begin: u32, end: u32) {
        self.slots[slot] = (self.generation, begin, end);
    }

    pub fn get(&self, slot: usize) -> std::ops::Range<u32> {
        let (generation, begin, end) = self.slots[slot];
        if generation == self.generation { begin..end } else { 0..0 }
    }
}

impl<T: Copy> Memo<T> {
    pub fn new(slots: usize) -> Memo<T> {
        Memo { slots: vec![(0, 0); slots], pool: Vec::new(), generation: 1 }
    }

    pub fn clear(&mut self) {
        self.pool.clear();
        match self.generation.checked_add(1) {
            Some(next) => self.generation = next,
            None => {
                self.slots.fill((0, 0));
                self.generation = 1;
            }
        }
    }

    pub fn find(&self, slot: usize) -> Option<T> {
        let (generation, index) = self.slots[slot];
        (generation == self.generation && index != BUSY).then(|| self.pool[index as usize])
    }

    pub fn ask(&mut self, slot: usize) -> Known<T> {
        match self.ask_place(slot) {
            Known::New => Known::New,
            Known::Busy => Known::Busy,
            Known::Done(place) => Known::Done(self.pool[place as usize]),
        }
    }

    /// As `ask`, for large things that are looked at where they are.
    pub fn ask_place(&mut self, slot: usize) -> Known<u32> {
        let (generation, index) = self.slots[slot];
        if generation != self.generation {
            self.slots[slot] = (self.generation, BUSY);
            return Known::New;
        }
        if index == BUSY { Known::Busy } else { Known::Done(index) }
    }

    pub fn at(&self, place: u32) -> &T {
        &self.pool[place as usize]
    }

    pub fn set(&mut self, slot: usize, value: T) -> u32 {
        let place = self.keep(value);
        self.slots[slot] = (self.generation, place);
        place
    }

    /// Keeps what belongs to no slot until the next unit begins.
    pub fn keep(&mut self, value: T) -> u32 {
        self.pool.push(value);
        self.pool.len() as u32 - 1
    }

    /// Takes back an `ask` that came to nothing.
    pub fn forget(&mut self, slot: usize) {
        self.slots[slot] = (0, 0);
    }
}
