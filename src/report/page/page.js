'use strict';
(() => {
  const all = (query, within = document) => [...within.querySelectorAll(query)];
  const one = (query) => document.querySelector(query);

  // Sorting: numbers by their key, names as Chinese is sorted; what has no value stays last, equals in their first order.
  const text = new Intl.Collator('zh-CN', { numeric: true });
  const compare = {
    number: (left, right) => left - right,
    text: (left, right) => text.compare(left, right),
  };
  const sort = (table, head) => {
    const descending = head.getAttribute('aria-sort') === 'ascending';
    const column = head.cellIndex;
    const order = compare[head.dataset.kind];
    const rows = all('tbody tr', table).map((row) => {
      const cell = row.cells[column];
      return { row, key: cell.dataset.key ?? cell.textContent.trim(), first: Number(row.dataset.first) };
    });
    rows.sort((left, right) => {
      if ((left.key === '') !== (right.key === '')) return left.key === '' ? 1 : -1;
      const way = order(left.key, right.key);
      return (descending ? -way : way) || left.first - right.first;
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
    for (const other of all('th[aria-sort]', table)) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  };
  for (const table of all('table.sortable')) {
    all('tbody tr', table).forEach((row, index) => { row.dataset.first = index; });
    for (const button of all('thead button', table)) {
      button.addEventListener('click', () => sort(table, button.closest('th')));
    }
  }

  // Searching leaves only what is about the units that are meant; in the chart of places their lines stand out.
  const search = one('#search');
  const find = () => {
    const words = search.value.trim().toLowerCase().split(/\s+/u).filter(Boolean);
    const meant = (element) => words.every((word) => element.dataset.unit.includes(word));
    for (const element of all('[data-unit]:not(g)')) element.hidden = !meant(element);
    for (const way of all('g[data-unit]')) way.classList.toggle('picked', words.length > 0 && meant(way));
    one('#found').textContent = words.length ? `${all('details.unit:not([hidden])').length}个单位` : '';
  };
  search.addEventListener('input', find);

  // Unfolding: all that are found, or the one that a link leads to.
  const fold = (open) => {
    for (const details of all('details.unit:not([hidden])')) {
      details.open = open;
      for (const inner of all('details', details)) inner.open = open;
    }
  };
  one('#expand').addEventListener('click', () => fold(true));
  one('#collapse').addEventListener('click', () => fold(false));
  // What is folded within an unfolded unit is printed with it, and folded again.
  let printing = [];
  window.addEventListener('beforeprint', () => {
    printing = all('details.unit[open] details:not([open])');
    for (const inner of printing) inner.open = true;
  });
  window.addEventListener('afterprint', () => {
    for (const inner of printing) inner.open = false;
    printing = [];
  });
  one('#print').addEventListener('click', () => window.print());
  const unfold = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const details = target?.closest('details');
    if (!details) return;
    details.hidden = false;
    details.open = true;
    details.scrollIntoView();
  };
  window.addEventListener('hashchange', unfold);
  unfold();
  one('.acts').hidden = false;
})();
