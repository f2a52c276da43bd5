import { fileNameToKeep } from '../../../src/modules/conversations/domain/media-file';
import { checkCarriage, checkDistinct } from '../../../src/modules/conversations/domain/media-limits';
import {
  isMediaType,
  MEDIA_TYPES,
  mayBeShown,
  settleType,
} from '../../../src/modules/conversations/domain/media-type';
import { asUuid, newId } from '../../../src/common/context';

const latin = (text: string) => Buffer.from(text, 'latin1');
const ftyp = (brand: string) => latin(`\0\0\0\x20ftyp${brand}\0\0\0\0isommp42`);
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('what a file is', () => {
  it.each<[string, Buffer, string | null, string]>([
    ['a JPEG', latin('\xff\xd8\xff\xe0\0\x10JFIF'), 'image/jpeg', 'image/jpeg'],
    ['a JPEG by an old name', latin('\xff\xd8\xff\xe1'), 'image/jpg', 'image/jpeg'],
    ['a PNG', latin('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), 'image/png', 'image/png'],
    ['a PNG of which nothing is said', latin('\x89PNG\r\n\x1a\n'), null, 'image/png'],
    ['a PNG as octets', latin('\x89PNG\r\n\x1a\n'), 'application/octet-stream', 'image/png'],
    ['a GIF', latin('GIF89a'), 'image/gif', 'image/gif'],
    ['a WebP', latin('RIFF\x10\0\0\0WEBPVP8 '), 'image/webp', 'image/webp'],
    ['a voice note', latin('OggS\0\x02'), 'audio/ogg; codecs=opus', 'audio/ogg'],
    ['an MP3 with a header', latin('ID3\x03'), 'audio/mpeg', 'audio/mpeg'],
    ['an MP3 without', latin('\xff\xfb\x90\x44'), 'audio/mp3', 'audio/mpeg'],
    ['AAC', latin('\xff\xf1\x50\x80'), 'audio/aac', 'audio/aac'],
    ['AMR', latin('#!AMR\n'), 'audio/amr', 'audio/amr'],
    ['an M4A', ftyp('M4A '), 'audio/x-m4a', 'audio/mp4'],
    ['sound in an MP4', ftyp('isom'), 'audio/mp4', 'audio/mp4'],
    ['a video', ftyp('mp42'), 'video/mp4', 'video/mp4'],
    ['a video of an old phone', ftyp('3gp4'), 'video/3gpp', 'video/3gpp'],
    ['a PDF', latin('%PDF-1.4'), 'APPLICATION/PDF', 'application/pdf'],
    ['a card', latin('BEGIN:VCARD\r\nVERSION:3.0'), 'text/x-vcard', 'text/vcard'],
    ['a text', Buffer.from('Grüße 👋'), 'text/plain; charset=utf-8', 'text/plain'],
    ['a table', Buffer.from('a,b\n1,2'), 'text/csv', 'text/csv'],
    [
      'a document',
      latin('PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml'),
      DOCX,
      DOCX,
    ],
    [
      'an old document',
      latin('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
      'application/msword',
      'application/msword',
    ],
  ])('%s', (_, head, declared, type) => expect(settleType(head, declared)).toBe(type));

  it.each<[string, Buffer, string]>([
    ['a page', latin('<!DOCTYPE html>'), 'text/html'],
    ['a page as text', latin('\n <html>'), 'text/plain'],
    ['a page behind a mark', Buffer.from('\ufeff<script>'), 'text/plain'],
    ['a drawing', latin('<svg xmlns="http://www.w3.org/2000/svg">'), 'image/svg+xml'],
    ['XML', latin('<?xml version="1.0"?>'), 'text/plain'],
    ['a shell script', latin('#!/bin/sh\nrm -rf /'), 'text/plain'],
    ['a batch file', latin('@echo off'), 'text/plain'],
    ['a program for Windows', latin('MZ\x90\0'), 'application/octet-stream'],
    ['a program for Linux', latin('\x7fELF\x02'), 'application/octet-stream'],
    ['an archive', latin('PK\x03\x04\x14\0\0\0\0\0!\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.exe'), DOCX],
    ['bytes', Buffer.from([1, 2, 3, 4]), 'text/plain'],
    ['no UTF-8', latin('\xe9\xe8\xe7 caf'), 'text/plain'],
    ['a PDF with something before it', latin('<html>%PDF-1.4'), 'application/pdf'],
  ])('%s is not taken', (_, head, declared) => expect(settleType(head, declared)).toBe('type_not_allowed'));

  it.each<[string, Buffer, string]>([
    ['a PDF', latin('%PDF-1.4'), 'image/png'],
    ['a PNG', latin('\x89PNG\r\n\x1a\n'), 'application/pdf'],
    ['a text', latin('Hello'), 'application/pdf'],
    ['a video', ftyp('mp42'), 'image/jpeg'],
  ])('%s is not what else it is called', (_, head, declared) =>
    expect(settleType(head, declared)).toBe('type_mismatch'),
  );

  it('is taken as what was said or not at all: a page in a picture’s clothes stays a picture', () =>
    expect(settleType(latin('GIF89a<script>alert(1)</script>'), 'text/html')).toBe('type_not_allowed'));

  it('is shown in place where it is an image, and nothing that runs is taken', () => {
    expect(MEDIA_TYPES.filter(mayBeShown)).toEqual(['image/jpeg', 'image/png', 'image/webp', 'image/gif']);
    for (const type of [
      'text/html',
      'image/svg+xml',
      'application/javascript',
      'text/xml',
      'application/xhtml+xml',
    ])
      expect(isMediaType(type)).toBe(false);
  });
});

describe('a file name', () => {
  it.each([
    ['price list.pdf', 'price list.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\Ada\\x.pdf', 'x.pdf'],
    ['a"\r\nSet-Cookie: x.pdf', 'aSet-Cookie x.pdf'],
    ['.htaccess', 'htaccess'],
    ['..', null],
    ['\ud800', null],
    ['', null],
  ])('%j is kept as %j', (given, kept) => expect(fileNameToKeep(given)).toBe(kept));

  it('that is too long keeps its end', () =>
    expect(fileNameToKeep(`${'x'.repeat(300)}.pdf`)).toMatch(/^x{196}\.pdf$/));
});

describe('what a channel carries', () => {
  const MB = 1_048_576;
  const aFile = (contentType: string, size: number) => ({
    id: newId(),
    contentType,
    size,
    sha256: '0'.repeat(64),
  });
  const codeOf = (work: () => void): string | undefined => {
    try {
      work();
    } catch (error) {
      return (error as { fields: { field: string; code: string }[] }).fields.map(
        (f) => `${f.field} ${f.code}`,
      )[0];
    }
    return undefined;
  };

  it.each<['whatsapp' | 'sms' | 'voice', [string, number][], string | undefined]>([
    ['whatsapp', [['image/jpeg', 5 * MB]], undefined],
    ['whatsapp', [['image/jpeg', 5 * MB + 1]], 'mediaIds.0 too_large'],
    ['whatsapp', [['image/gif', 1]], 'mediaIds.0 type_not_carried'],
    ['whatsapp', [['video/mp4', 16 * MB]], undefined],
    ['whatsapp', [['video/mp4', 16 * MB + 1]], 'mediaIds.0 too_large'],
    [
      'whatsapp',
      [
        ['image/png', 1],
        ['image/png', 1],
      ],
      'mediaIds too_many',
    ],
    [
      'sms',
      [
        ['image/gif', 2 * MB],
        ['image/png', 3 * MB],
      ],
      undefined,
    ],
    [
      'sms',
      [
        ['image/gif', 2 * MB],
        ['image/png', 3 * MB + 1],
      ],
      'mediaIds.1 too_large',
    ],
    ['voice', [['audio/ogg', 1]], 'mediaIds too_many'],
  ])('%s: %j', (channel, files, code) =>
    expect(
      codeOf(() =>
        checkCarriage(
          channel,
          files.map(([type, size]) => aFile(type, size)),
        ),
      ),
    ).toBe(code),
  );

  it('is each file once', () => {
    const id = asUuid('0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1');
    expect(codeOf(() => checkDistinct([newId(), id, id]))).toBe('mediaIds.2 twice');
  });
});
