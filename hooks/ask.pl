# Asks the host's resident validator what it thinks of a push, as start.cjs does
# (docs/resident-validator.md), in a tenth of the time: `perl ask.pl NODE HOOKS HOST`.
# Ends with 100 for a yes and 1 for a no. Wherever there is no whole answer to this
# very question, it becomes Node, which judges. It uses no module: Perl starts in
# a millisecond without, and nothing but Perl itself can be missing.

my ($node, $hooks, $host) = @ARGV;
my ($ACCEPTED, $REFUSED) = (100, 1);    # as in src/hooks/pre-receive.ts
my $LARGEST_INPUT  = 64 * 1024;         # what is larger is for Node to refuse
my $LARGEST_ANSWER = 16 * 1024 * 1024;
my $LONGEST_PATH   = 103;
my $SILENCE        = 3;                 # seconds, as in start.cjs
my ($AF_UNIX, $SOCK_STREAM) = (1, 1);   # on Linux; the launcher runs this nowhere else

my $input  = '';
my $absent = 0;                         # whether a resident validator would be of use but isn't there
my $read   = 1;
while ($read && length $input <= $LARGEST_INPUT) { $read = sysread STDIN, $input, 4096, length $input }

$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { die "late\n" };
my ($verdict, $text);
if (defined $read && $read == 0) {
  eval { ($verdict, $text) = ask(); alarm 0 };
}
alarm 0;
if (defined $verdict) {
  put(*STDERR, $text) or exit $REFUSED;
  exit($verdict eq 'accepted' ? $ACCEPTED : $REFUSED);
}
judge_here();

# The verdict and its text; nothing where there is none.
sub ask {
  my @run = lstat "$host/run" or return;
  return unless ($run[2] & 0170777) == 0040700 && $run[4] == $<;
  my $program = identity("$hooks/pre-receive.cjs") or return;
  my $policy  = identity("$host/vpr.yaml")         or return;
  my $place   = "$host/run/$program.sock";
  return if length $place > $LONGEST_PATH;
  open my $random, '<:raw', '/dev/urandom' or return;
  return unless sysread($random, my $bytes, 16) == 16;
  my $nonce = unpack 'H*', $bytes;
  my @where = map { $ENV{$_} } qw(GIT_DIR GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_QUARANTINE_PATH);
  my $surroundings = join ' ', $<, $( + 0, umask, $ENV{PATH};
  my $directory = readlink '/proc/self/cwd' or return;
  my @fields = ($nonce, $program, $policy, $surroundings, $directory, @where, $input);

  $absent = 1;
  alarm $SILENCE;
  socket my $socket, $AF_UNIX, $SOCK_STREAM, 0      or return;
  connect $socket, pack 'Sa*', $AF_UNIX, $place     or return;
  put($socket, join(' ', map { field($_) } @fields) . "\n") or return;
  my ($said, $ended) = hear($socket);
  $absent = $said =~ /\A(?:judging [0-9]{1,4}\n)*\z/;
  return unless $ended && $said =~ /\A(?:judging [0-9]{1,4}\n)*(accepted|refused) (\S+) (\S+) (\S+) x([0-9a-f]*)\n\z/;
  my ($answer, $hex) = ($1, $5);
  return unless $2 eq $nonce && $3 eq $program && $4 eq $policy && length($hex) % 2 == 0;
  return ($answer, pack 'H*', $hex);
}

# All that is said, and whether the other side ended it as it should, and when. Dies where it is silent for too long.
sub hear {
  my ($socket) = @_;
  my ($said, $until) = ('');
  while (length $said <= $LARGEST_ANSWER) {
    alarm $SILENCE;
    my $heard = sysread $socket, $said, 65536, length $said;
    return ($said, defined $heard) unless $heard;
    $until = time + $1 + $SILENCE if !$until && $said =~ /\Ajudging ([0-9]{1,4})\n/;
    last if $until && time > $until;
  }
  return ($said, 0);
}

# Which file this is, as start.cjs says it.
sub identity {
  my @stat = stat $_[0] or return;
  return join '-', @stat[0, 1, 7, 10];
}

sub field {
  return defined $_[0] ? 'x' . unpack('H*', $_[0]) : '-';
}

# Writes all of it; false where that can't be done.
sub put {
  my ($to, $bytes) = @_;
  for (my $at = 0; $at < length $bytes;) {
    my $written = syswrite $to, $bytes, length($bytes) - $at, $at;
    return 0 unless $written;
    $at += $written;
  }
  return 1;
}

# Becomes Node, with the same input: a process of its own hands it on.
sub judge_here {
  pipe my $from, my $to or cannot();
  my $feeder = fork;
  cannot() unless defined $feeder;
  if ($feeder == 0) {
    close $from;
    my $good = put($to, $input);
    while ($good && sysread STDIN, my $more, 65536) { $good = put($to, $more) }
    exit 0;
  }
  close $to;
  open STDIN, '<&', $from or cannot();
  $SIG{$_} = 'DEFAULT' for qw(PIPE ALRM);
  exec $node, "$hooks/start.cjs", $host, $absent ? 'absent' : 'asked';
  cannot();
}

sub cannot {
  put(*STDERR, "refused: this host cannot check pushes: $!\n  help: tell your administrator to run: vpr doctor, on the host\n");
  exit $REFUSED;
}
