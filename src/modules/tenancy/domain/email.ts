export { isEmailAddress, normaliseEmail } from '../../../common/auth';
