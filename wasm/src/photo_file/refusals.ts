import { VisavisError } from '../shared/errors.js';

/** The command line says the same of the same file (native/images/image_file.cpp), behind the file's name. */

export function unreadable(message: string): VisavisError {
  return new VisavisError('unreadable-image', message);
}

export function truncated(format: string): VisavisError {
  return unreadable(
    `The ${format} file ends early, before the picture does; copy or download it again.`,
  );
}

export function damaged(format: string, reason: string): VisavisError {
  return unreadable(
    `The ${format} file is damaged or unusual (${reason}); open it in an image viewer and save it as JPEG or PNG.`,
  );
}

/** For what is sound, but hardly any browser shows. */
export function rare(format: string, kind: string): VisavisError {
  return unreadable(
    `The ${format} file is of a kind that is not read (${kind}); open it in an image viewer and save it as JPEG or PNG.`,
  );
}

export function transparent(): VisavisError {
  return unreadable('Every pixel of the image is transparent; save it without transparency.');
}
