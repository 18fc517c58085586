namespace Nashi.Laboratory.Cases;

/// <summary>A number that was promised, and the one measured. Null: shown only.</summary>
internal sealed record Goal(string Id, string Wanted, string Measured, bool? Met);
