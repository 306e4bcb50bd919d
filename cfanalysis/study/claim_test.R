# The verdict's numbers, computed again in base R from the files beside this script.
#
#   Rscript claim_test.R [folder]
#
# It prints each number with its interval and by how much it differs from the one in claim_verdict.csv, writes
# claim_r.csv, and ends with an error where a difference is larger than 1e-8. The formulas are those of docs/method.md.

folder <- c(commandArgs(trailingOnly = TRUE), ".")[1]
path <- function(name) file.path(folder, paste0(name, ".csv"))
items <- read.csv(path("claim_items"))
organizations <- read.csv(path("claim_organizations"))
shares <- read.csv(path("claim_shares"))
drawn <- as.matrix(read.csv(path("claim_resamples")))
known <- read.csv(path("claim_verdict"))
people <- if (file.exists(path("claim_respondents"))) read.csv(path("claim_respondents")) else NULL
counts <- if (file.exists(path("claim_counts"))) as.matrix(read.csv(path("claim_counts"))) else NULL

K <- nrow(items)
C <- max(items$thresholds)
n <- nrow(organizations)
G <- max(organizations$group)
is_do <- items$facet == "do"
facets <- cbind(say = !is_do, do = is_do) * 1
item_of <- rep(seq_len(K), each = C)                    # the item of each column of shares
threshold_of <- rep(seq_len(C), K)
exists <- threshold_of <= items$thresholds[item_of]
of_item <- outer(item_of, seq_len(K), "==") * 1         # sums over the thresholds of each item
of_facet <- facets[item_of, ]
columns <- paste(items$item[item_of], threshold_of, sep = "_")

# Sums ---------------------------------------------------------------------------------------------------------------

without_each <- function(x, group) {                    # the sum, then the sums without each group
  x <- as.matrix(x)
  parts <- matrix(0, G, ncol(x))
  sums <- rowsum(x, group)
  parts[as.integer(rownames(sums)), ] <- sums
  total <- colSums(parts)
  rbind(total, matrix(total, G, ncol(x), byrow = TRUE) - parts, deparse.level = 0)
}

by_organization <- function(x, place) {                 # sums over the respondents of each organization
  x <- as.matrix(x)
  all <- matrix(0, n, ncol(x))
  sums <- rowsum(x, place)
  all[as.integer(rownames(sums)), ] <- sums
  all
}

jackknife <- function(values) {                         # rows are ways to compute the same; the last is printed
  values <- rbind(values)
  whole <- values[, 1]
  others <- values[, -1, drop = FALSE]
  if (any(!is.finite(whole))) return(c(NA, NA, NA, NA))
  if (any(!is.finite(others))) return(c(whole[length(whole)], NA, NA, NA))
  se <- sqrt((G - 1) / G * rowSums((others - rowMeans(others))^2))
  reach <- qt(0.975, G - 2) * se
  c(whole[length(whole)], min(whole - reach), max(whole + reach), max(se))
}

# Thresholds, spreads, slopes ------------------------------------------------------------------------------------------

latent <- function(p, n) {
  clipped <- pmin(pmax(p, 0.5 / n), 1 - 0.5 / n)
  tau <- -qnorm(clipped)
  phi <- dnorm(tau) * (p > 1e-9 & p < 1 - 1e-9)
  phi[, !exists] <- 0
  list(p = clipped, tau = tau, phi = phi)
}

spreads <- function(f) {
  w <- f$phi^2 / (f$p * (1 - f$p))
  total <- w %*% of_item
  place <- matrix(threshold_of - 0.5, nrow(w), ncol(w), byrow = TRUE)
  t <- place - ((w * place) %*% of_item / total)[, item_of, drop = FALSE]
  slope <- ((w * t * f$tau) %*% of_item) / ((w * t * t) %*% of_item)
  fitted <- (w > 0) %*% of_item >= 2
  sigma <- ifelse(fitted, 1 / pmax(slope, 0.05), NA)
  for (r in which(rowSums(is.na(sigma)) > 0)) {
    if (any(!is.na(sigma[r, ]))) sigma[r, is.na(sigma[r, ])] <- median(sigma[r, ], na.rm = TRUE)
  }
  sigma
}

location_and_scale <- function(f, v, members) {
  information <- f$phi / (f$p * (1 - f$p))
  w <- f$phi * information
  s0 <- w %*% members
  s1 <- (w * f$tau) %*% members
  s2 <- (w * f$tau^2) %*% members
  t0 <- (information * v) %*% members
  t1 <- (information * v * f$tau) %*% members
  spread <- s0 * s2 - s1^2
  spread[!(spread > 0.01 * s0^2)] <- NA
  list(location = (s2 * t0 - s1 * t1) / spread, scale = (s0 * t1 - s1 * t0) / spread)
}

second_order <- function(f, chosen) {
  own <- lapply(f, function(x) x[, chosen, drop = FALSE])
  members <- matrix(1, sum(chosen), 1)
  jacobi <- diag(0, 15)
  jacobi[cbind(1:14, 2:15)] <- jacobi[cbind(2:15, 1:14)] <- sqrt(1:14)
  e <- eigen(jacobi, symmetric = TRUE)
  x <- e$values
  weight <- e$vectors[1, ]^2
  fit <- location_and_scale(own, own$v, members)
  first <- location <- fit$location[1]
  scale <- fit$scale[1]
  cuts <- own$tau[1, ]
  for (sweep in 1:4) {
    if (!is.finite(location) || abs(location) > 0.95 || abs(scale) > 1) return(0)
    spread <- exp(scale * x)
    spread <- spread * sqrt((1 - location^2) / sum(weight * spread^2))
    reach <- function() t(outer(location * x, cuts, "-") / spread)
    for (step in 1:4) {
      share <- pnorm(reach()) %*% weight
      density <- (dnorm(reach()) / rep(spread, each = length(cuts))) %*% weight
      cuts <- cuts + (share - own$p[1, ]) / density
      cuts <- as.vector(cuts)
    }
    v <- t(pnorm(reach()) %*% (weight * x))
    more <- location_and_scale(own, own$v - v, members)
    location <- location + more$location[1]
    scale <- scale + more$scale[1]
  }
  if (is.finite(location)) location - first else 0
}

# Who answered -----------------------------------------------------------------------------------------------------------

who <- NULL
if (!is.null(people)) {
  traits <- as.matrix(people[, grepl("^trait_", names(people)), drop = FALSE])
  answers <- as.matrix(people[, items$item])
  size <- as.vector(by_organization(rep(1, nrow(people)), people$place))
  if (ncol(traits) > 0) {
    q <- ncol(traits)
    overall <- by_organization(traits, people$place) / size
    pairs <- cbind(rep(seq_len(q), q), rep(seq_len(q), each = q))
    squares <- by_organization(traits[, pairs[, 1]] * traits[, pairs[, 2]], people$place) -
      size * overall[, pairs[, 1]] * overall[, pairs[, 2]]
    whole <- matrix(colSums(squares), q)
    products <- array(0, c(n, q, K * C))
    for (k in seq_len(K)) {
      given <- !is.na(answers[, k])
      place <- people$place[given]
      x <- traits[given, , drop = FALSE]
      m <- pmax(as.vector(by_organization(rep(1, sum(given)), place)), 1)
      sums <- by_organization(x, place)
      turn <- diag(q)
      if (!all(given)) {
        within <- crossprod(x) - crossprod(sums, sums / m)
        e <- eigen(within, symmetric = TRUE)
        keep <- abs(e$values) > 1e-9 * max(abs(e$values))
        inverse <- e$vectors[, keep, drop = FALSE] %*% (t(e$vectors[, keep, drop = FALSE]) / e$values[keep])
        turn <- whole %*% inverse
      }
      for (c in seq_len(items$thresholds[k])) {
        above <- (answers[given, k] >= c) * 1
        p <- by_organization(x * above, place) - sums / m * as.vector(by_organization(above, place))
        products[, , (k - 1) * C + c] <- p %*% t(turn)
      }
    }
    weights <- facets * items$unit / rep(colSums(facets), each = K)
    facet_products <- array(0, c(n, q, 2))
    for (f in 1:2) facet_products[, , f] <- apply(products, 2, function(x) x %*% weights[item_of, f])
    mix <- read.csv(path("claim_mix"))
    half_means <- lapply(seq_len(max(mix$halving)), function(h) as.matrix(mix[mix$halving == h, -(1:2), drop = FALSE]))
    who <- list(q = q, half_means = half_means)
    replicate_squares <- without_each(squares, organizations$group)
    solve_in <- function(r, b) solve(matrix(replicate_squares[r, ], q) + diag(1e-9, q), b)
  }
}

# One halving ------------------------------------------------------------------------------------------------------------

scores_of <- function(criterion) {
  z <- qnorm((rank(criterion) - 0.375) / (length(criterion) + 0.25))
  z <- z - mean(z)
  z / sqrt(mean(z^2))
}

halving <- function(number) {
  own <- shares[shares$halving == number, ]
  place <- own$place
  group <- organizations$group[place]
  E <- as.matrix(own[, columns])
  z <- scores_of(own$criterion)
  size <- as.vector(without_each(rep(1, length(z)), group))
  mean_z <- as.vector(without_each(z, group)) / size
  sd_z <- sqrt(as.vector(without_each(z^2, group)) / size - mean_z^2)
  covariance <- function(x) {
    x <- as.matrix(x)
    (without_each(x * z, group) / size - without_each(x, group) / size * mean_z) / sd_z
  }
  f <- latent(without_each(E, group) / size, size)
  f$v <- covariance(E)
  if (!is.null(who)) {
    means <- who$half_means[[number]][place, , drop = FALSE]
    u <- covariance(sweep(means, 2, colMeans(means)))
    total <- apply(products, c(2, 3), sum)
    grouped <- array(0, c(G, who$q, K * C))
    for (j in seq_len(who$q)) grouped[, j, ] <- rowsum(products[, j, ], organizations$group)
    for (r in seq_len(G + 1)) {
      w <- solve_in(r, u[r, ])
      left <- if (r == 1) total else total - matrix(grouped[r - 1, , ], who$q)
      f$v[r, ] <- f$v[r, ] - as.vector(w %*% left)
    }
  }
  a <- f$phi %*% of_item
  v <- f$v %*% of_item
  beta <- (v %*% facets) / (a %*% facets)
  b <- if (items$one_grid[1] == 1) (v %*% facets) / ((a / spreads(f)) %*% facets) else beta * NA
  list(f = f, beta = beta, b = b, location = location_and_scale(f, f$v, of_facet)$location)
}

# What lies between organizations ----------------------------------------------------------------------------------------

between <- function() {
  members <- sweep(facets, 2, colSums(facets), "/")
  if (!is.null(people)) {
    above <- matrix(0, n, K * C)
    for (k in seq_len(K)) {
      given <- !is.na(answers[, k])
      m <- pmax(as.vector(by_organization(rep(1, sum(given)), people$place[given])), 1)
      for (c in seq_len(items$thresholds[k])) {
        above[, (k - 1) * C + c] <- by_organization((answers[given, k] >= c) * 1, people$place[given]) / m
      }
    }
    centre <- colMeans(above %*% of_item)
    given <- !is.na(answers)
    moved <- sweep(answers, 2, centre)
    moved[!given] <- 0
    count <- given %*% facets
    y <- (moved %*% facets) / pmax(count, 1)
    there <- (count > 0) * 1
    m <- by_organization(there, people$place)
    average <- by_organization(y, people$place) / pmax(m, 1)
    ss <- by_organization(y^2, people$place) - m * average^2
    if (!is.null(who)) {
      for (f in 1:2) {
        mixed <- by_organization(traits * y[, f], people$place) -
          by_organization(traits * there[, f], people$place) * average[, f]
        effect <- solve_in(1, colSums(mixed))
        average[, f] <- average[, f] - sweep(overall, 2, colMeans(overall)) %*% effect
        quadratic <- as.vector(squares %*% as.vector(effect %o% effect))
        ss[, f] <- ss[, f] - 2 * as.vector(mixed %*% effect) + quadratic
      }
    }
    within <- ifelse(m > 1, ss / (m - 1), NA)
    usual <- colMeans(within, na.rm = TRUE)
    for (f in 1:2) within[is.na(within[, f]), f] <- usual[f]
    errors <- list(within / pmax(m, 1))
  } else if (!is.null(counts)) {
    above <- as.matrix(shares[shares$halving == 1, columns])
    means <- above %*% of_item
    variance <- pmax(above %*% (of_item * (2 * threshold_of - 1)) - means^2, 0)
    error <- ifelse(counts > 1, variance / (counts - 1), NA)
    usual <- colMeans(error, na.rm = TRUE)
    for (k in seq_len(K)) error[is.na(error[, k]), k] <- usual[k]
    average <- means %*% members
    errors <- list(error %*% members^2, (sqrt(error) %*% members)^2)
  } else {
    return(NULL)
  }
  if (any(!is.finite(unlist(errors)))) return(NULL)
  group <- organizations$group
  size <- as.vector(without_each(rep(1, n), group))
  f <- latent(without_each(above, group) / size, size)
  before <- 0
  term <- f$phi
  series <- list()
  for (m in 1:10) {
    series[[m]] <- (term %*% of_item) %*% members
    after <- f$tau * term - (m - 1) * before
    before <- term
    term <- after
  }
  lapply(errors, function(error) {
    sums <- without_each(average, group)
    squared <- without_each(average^2, group)
    variance <- (squared - without_each(error, group)) / size - (sums^2 - squared) / (size * (size - 1))
    r <- pmin(pmax(variance / series[[1]]^2, -0.95), 0.95)
    for (step in 1:12) {
      value <- slope <- r * 0
      for (m in 10:1) {
        a <- series[[m]]^2 / factorial(m)
        slope <- slope * r + m * a
        value <- value * r + a
      }
      r <- pmin(pmax(r - (value * r - variance) / slope, -0.95), 0.95)
    }
    r
  })
}

# The metrics --------------------------------------------------------------------------------------------------------------

H <- max(shares$halving)
found <- lapply(seq_len(H), halving)
mean_of <- function(get) Reduce(`+`, lapply(found, get)) / H
average <- lapply(c(p = "p", tau = "tau", phi = "phi", v = "v"), function(x) mean_of(function(h) h$f[[x]][1, , drop = FALSE]))
shift <- c(second_order(average, of_facet[, 1] == 1), second_order(average, of_facet[, 2] == 1))
result <- list(
  theta_a = jackknife(mean_of(function(h) h$beta[, 2] - h$beta[, 1])),
  theta_b = jackknife(mean_of(function(h) h$b[, 2] - h$b[, 1]))
)
theta_l <- mean_of(function(h) h$location[, 2] - h$location[, 1])
result$theta_l <- jackknife(rbind(theta_l, theta_l + shift[2] - shift[1]))
r <- between()
if (!is.null(r)) {
  per_difference <- function(h, f, r) {
    variance <- r[, f] - h$beta[, f]^2 + (h$location[, f] + shift[f])^2
    variance[!(variance > 0)] <- NA
    (h$location[, f] + shift[f]) / sqrt(variance)
  }
  ways <- NULL
  for (say in r) for (do in r) {
    ways <- rbind(ways, mean_of(function(h) per_difference(h, 2, do) - per_difference(h, 1, say)))
  }
  result$theta_c <- jackknife(rbind(ways, colMeans(ways)))
}

# Rest minus top ----------------------------------------------------------------------------------------------------------

facet_means <- lapply(seq_len(H), function(number) {
  own <- shares[shares$halving == number, ]
  means <- as.matrix(own[, columns]) %*% of_item
  means <- sweep(means, 2, items$unit, "*") %*% sweep(facets, 2, colSums(facets), "/")
  mix <- if (is.null(who)) NULL else who$half_means[[number]][own$place, , drop = FALSE]
  order_of <- order(own$criterion)
  list(place = own$place, values = cbind(means, mix), criterion = own$criterion, order = order_of)
})
leads <- function(weight) {
  effect <- NULL
  if (!is.null(who)) {
    left <- matrix(colSums(squares * weight), who$q) + diag(1e-9, who$q)
    effect <- solve(left, apply(facet_products * weight, c(2, 3), sum))
  }
  each <- sapply(facet_means, function(h) {
    w <- weight[h$place]
    reached <- cumsum(w[h$order])
    cut <- ceiling(round((sum(w) - 1) * 0.75, 9))
    first <- h$criterion[h$order][which(reached > max(cut, 0))[1]]
    top <- h$criterion >= first
    if (sum(w[top]) == 0 || sum(w[!top]) == 0) return(rep(NA, 2))
    mean_of_those <- function(there) colSums(h$values[there, , drop = FALSE] * w[there]) / sum(w[there])
    lead <- mean_of_those(top) - mean_of_those(!top)
    if (is.null(effect)) lead[1:2] else lead[1:2] - as.vector(lead[-(1:2)] %*% effect)
  })
  rowMeans(matrix(each, 2))
}
whole <- leads(rep(1, n))
draws <- apply(drawn, 1, leads)
percentile <- function(estimate, x) {
  x <- x[is.finite(x)]
  if (length(x) < 0.95 * nrow(drawn)) return(c(estimate, NA, NA, NA))
  c(estimate, quantile(x, c(0.025, 0.975), names = FALSE), sd(x))
}
result$delta_say <- percentile(whole[1], draws[1, ])
result$delta_do <- percentile(whole[2], draws[2, ])
result$delta <- percentile(whole[2] - whole[1], draws[2, ] - draws[1, ])

# Comparison ----------------------------------------------------------------------------------------------------------------

table <- as.data.frame(do.call(rbind, result[known$statistic]))
names(table) <- c("estimate", "low", "high", "se")
difference <- abs(as.matrix(table) - as.matrix(known[, names(table)]))
table <- cbind(statistic = known$statistic, table, difference = apply(difference, 1, max, na.rm = TRUE))
write.csv(table, file.path(folder, "claim_r.csv"), row.names = FALSE)
print(table, digits = 6, row.names = FALSE)
if (any(is.na(as.matrix(table[, 2:5])) != is.na(as.matrix(known[, 2:5]))) || max(table$difference) > 1e-8) {
  stop("the numbers differ by ", format(max(table$difference)))
}
cat("R", as.character(getRversion()), "agrees to", format(max(table$difference), digits = 2), "\n")
