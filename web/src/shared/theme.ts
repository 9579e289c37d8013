import { byId } from './dom';

type Theme = 'light' | 'dark';
const KEY = 'visavis-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

/** Follows the system until the user says otherwise, and remembers what was said. */
export function setUpTheme(): void {
  const button = byId<HTMLButtonElement>('theme');
  let chosen = stored();
  const show = () => {
    const theme = chosen ?? system();
    document.documentElement.dataset['theme'] = theme;
    button.setAttribute('aria-label', theme === 'dark' ? 'Use light colours' : 'Use dark colours');
  };
  button.addEventListener('click', () => {
    const next: Theme = (chosen ?? system()) === 'dark' ? 'light' : 'dark';
    // Back in step with the system, it follows the system again.
    chosen = next === system() ? null : next;
    store(chosen);
    show();
  });
  prefersDark.addEventListener('change', show);
  show();
}

function system(): Theme {
  return prefersDark.matches ? 'dark' : 'light';
}

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null; // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function store(theme: Theme | null): void {
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
