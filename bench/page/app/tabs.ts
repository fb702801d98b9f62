/** One part of the page at a time: the one that the address names, or in which what it names lies. */

const tabs = () => [...document.querySelectorAll<HTMLElement>('.tab')]

export function showTabs(): void {
  showTab()
  window.addEventListener('hashchange', showTab)
}

function showTab(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  const [first] = tabs()
  const shown = target?.closest<HTMLElement>('.tab') ?? first
  for (const tab of tabs()) tab.classList.toggle('shown', tab === shown)
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.tabs a')) {
    if (link.hash === `#${shown?.id}`) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (target instanceof HTMLDetailsElement) target.open = true
  // A part begins where the answer does: at the top.
  if (!target || target === shown) window.scrollTo(0, 0)
  else target.scrollIntoView()
}
