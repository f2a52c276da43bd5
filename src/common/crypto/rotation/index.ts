export { KeyRotationModule } from './key-rotation.module';
export { ReadKeyStatus, type KeyStatus, type MasterKeyStatus } from './key-status';
export { RotateKeys, type RotationOptions, type RotationProgress } from './rotate-keys';
