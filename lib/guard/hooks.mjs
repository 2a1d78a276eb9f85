/** Brings the guard to the thread that module hooks run on. It hooks nothing itself. */
import './thread.js'
