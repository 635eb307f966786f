import Type from 'typebox';
import { choice, count, flag, group, limit, text } from '../fields.ts';

export const media = group('Files', {
  folder: text('', 'where files are kept; empty: `media` in the data folder'),
  uploadFolder: text(
    '',
    'where what is being uploaded is kept; empty: `uploads` in the data folder. Several gateways share it, or a resumable upload stays with one of them',
  ),
  maxBytes: Type.Integer({
    minimum: 1_024,
    maximum: 2_147_483_648,
    default: 104_857_600,
    description: 'bytes of one file',
  }),
  quotaMegabytes: limit(10_240, 'MiB of files of one user'),
  dailyMegabytes: limit(2_048, 'MiB that one user uploads on a day (UTC)'),
  uploadsAtOnce: count(4, 'uploads of one user under way at once, one process'),
  resumableUploads: count(20, 'resumable uploads of one user that are not finished'),
  uploadHours: count(24, 'hours for which an unfinished resumable upload is kept'),
  idleSeconds: count(
    30,
    'seconds without a byte after which an upload is cut off; a resumable one goes on later',
  ),
  urlSeconds: Type.Integer({
    minimum: 10,
    maximum: 86_400,
    default: 900,
    description: 'seconds for which a URL of a file is good',
  }),
  cdnUrl: text(
    '',
    'stands in front of this server for files, e.g. https://media.example.org; asks it by the same path and query',
  ),
  orphanHours: count(24, 'hours until a file that no message has is removed'),
  retentionDays: limit(0, 'days until a file is removed, whatever message has it'),
  sweepSeconds: count(60, 'seconds between two looks for files that are to be removed'),
  imageMegapixels: Type.Integer({
    minimum: 1,
    maximum: 500,
    default: 64,
    description: 'millions of pixels of one picture, all frames; more is refused',
  }),
  imageSeconds: count(20, 'seconds that one picture may take'),
  imageMegabytes: count(1_024, 'MiB of memory that one picture may take', 128),
  ffmpeg: text('ffmpeg', 'the program that takes a picture of a video, if it is there; empty: none'),
  videoSeconds: count(20, 'seconds that it may take'),
  scan: Type.Array(Type.String({ minLength: 1, maxLength: 1_024 }), {
    default: [],
    maxItems: 32,
    description:
      'looks at each file before anybody can fetch it: `clamd://host:3310`, `clamd:///run/clamav/clamd.ctl`, or a program and its arguments, with `{file}` for the path: exit code 0 clean, 1 infected, anything else is a failure. While it fails, uploads are refused',
  }),
  scanSeconds: count(120, 'seconds that it may take'),
  s3: text('', 'keeps files in S3: s3://bucket/prefix; empty: in the folder'),
  s3Endpoint: text('', 'address of an S3 that is not Amazon’s, e.g. https://minio.example.org'),
  s3Region: text('us-east-1', 'its region'),
  s3PathStyle: flag(false, 'the bucket is in the path and not in the host name'),
  s3KeyId: text('', 'access key id; empty: as the environment, the instance or the pod says'),
  s3KeySecret: text('', 'its secret; by DUNLIN_MEDIA_S3_KEY_SECRET_FILE'),
  s3Encryption: choice(['', 'AES256', 'aws:kms'], '', 'encryption by S3; empty: as the bucket says'),
  s3KmsKey: text('', 'the key of `aws:kms`; empty: that of the bucket'),
});
